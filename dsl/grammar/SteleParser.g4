// The policy language. Statements stand in any order; line ends mean nothing; no semicolons, because every statement
// and every clause begins with a reserved word, which is also where the parser finds its feet after an error.
//
// `future…` rules accept what the language will have: the builder says so by name, instead of a bare syntax error.
// Conditions are a ladder, not left-recursive, so that a chain of a thousand `or`s is flat in the tree.
parser grammar SteleParser;

options { tokenVocab = SteleLexer; }

file : statement* EOF ;

statement : header | target | setDefinition | include | policyRule | future ;

header  : POLICY word VERSION STRING ;
target  : TARGET NAME targetBound+ ;
targetBound : op=(EQ | NE | LT | LE | GT | GE)? first=kernelVersion (RANGE last=kernelVersion)? ;
kernelVersion : NUMBER | DOTTED ;
setDefinition : LET word ASSIGN (FUTURE_CLASS balanced | type=NAME? setExpression) ;
include : INCLUDE STRING ;

policyRule : RULE word COLON constraint+ ;
constraint : effect=(DENY | AUDIT | KILL | ONLY) (operations ON setExpression | futureOperations) clause* ;
operations : NAME (LB words RB | word)? ;
words : (word (COMMA word)* COMMA?)? ;

clause : FOR condition                                  # subjectClause
       | UNLESS condition                               # exceptionClause
       | ERRNO word                                     # errnoClause
       | LOG (NAME (NUMBER SLASH NAME)?)?               # logClause
       | WITHOUT (LB words RB | word)                   # withoutClause
       | ELSE effectWord                                # elseClause
       | LIBS balanced                                  # libsClause
       ;
effectWord : NAME | DENY | AUDIT | KILL | ONLY ;

condition : conjunction (OR conjunction)* ;
conjunction : negation (AND negation)* ;
negation : NOT* primary ;
primary : LP condition RP | test ;
test : field (IN setExpression | op=(EQ | NE | LT | LE | GT | GE)? value) ;
field : NAME (DOT NAME)? | FUTURE_CLASS ;
value : NUMBER (RANGE NUMBER)? | STRING | word ;

setExpression : setTerm (setOperator setTerm)* ;
setOperator : UNION | INTERSECT | MINUS ;
setTerm : LB (value (COMMA value)* COMMA?)? RB | LP setExpression RP | value ;

// Reserved words that may still be used as names, because no clause or statement could begin where a name stands.
word : NAME | POLICY | VERSION | TARGET | LOG | AUDIT | KILL | SEAL | ASSERT | REQUIRE | LIBS | FUTURE_CLASS ;

future : SEAL balanced                                  # futureSeal
       | REQUIRE NAME+                                  # futureRequire
       | ASSERT futureToken*                            # futureAssert
       ;
futureOperations : FUTURE_CLASS futureToken* ;
// Anything but what begins a statement, a constraint or a clause.
futureToken : balanced
            | ~(LB | RB | POLICY | TARGET | LET | INCLUDE | RULE | REQUIRE | SEAL | ASSERT | DENY | AUDIT | KILL | ONLY
                | FOR | UNLESS | ERRNO | LOG | WITHOUT | ELSE | LIBS)
            ;
balanced : LB (balanced | ~(LB | RB))* RB ;

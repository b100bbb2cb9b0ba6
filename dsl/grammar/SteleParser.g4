// The policy language. Statements stand in any order; line ends mean nothing; no semicolons, because every statement
// and every clause begins with a reserved word, which is also where the parser finds its feet after an error.
//
// What an operation class does not have (objects, qualifiers, arguments) is said by the resolver, by name, instead of
// a bare syntax error here. Conditions and sets are ladders, not left-recursive, so that a chain of a thousand `or`s
// is flat in the tree.
parser grammar SteleParser;

options { tokenVocab = SteleLexer; }

file : statement* EOF ;

statement : header | target | requirement | include | setDefinition | policyRule | seal | assertion
          | templateDefinition | templateUse ;

header  : POLICY word VERSION STRING onFailure? acknowledgement* ;
onFailure : ON NAME NAME ;                                // on failure continue
acknowledgement : ACKNOWLEDGE NAME STRING ;               // acknowledge S4025 "why": of what it stands behind
target  : TARGET NAME (targetBound+ exactBuild? | exactBuild) ;
targetBound : op=(EQ | NE | LT | LE | GT | GE)? first=kernelVersion (RANGE last=kernelVersion)? ;
exactBuild : NAME STRING ;                                // exact "BUILD-ID"
kernelVersion : NUMBER | DOTTED ;
requirement : REQUIRE NAME NAME? ;                        // require lockdown integrity
include : INCLUDE STRING ;
setDefinition : LET word ASSIGN (type=NAME openSet | setExpression) acknowledgement* ;

policyRule : RULE word COLON constraint+ ;
constraint : effect=(DENY | AUDIT | KILL | ONLY) orKill? operation clause* ;
orKill : OR KILL ;                                        // deny or kill: which of them, the kernel says

// file read on "/etc/shadow";  net connect to upstream port 443/tcp;  process ptrace on exe "/usr/sbin/sshd";
// bpf map_update on maps of policy;  syscall { @basic-io, ioctl(arg1 == 0x5401) }
// Without operations only `on` may follow, so that a forgotten `on` is seen: `file read "/a"`.
// After `deny syscall kill`, a name means that `kill` begins another constraint.
operation : NAME openSet object*
          | NAME (onObject object*)?
          | NAME KILL
          ;
onObject : ON (NAME openSet | setExpression) ;
object : onObject | NAME (openSet | POLICY) ;             // of policy

clause : FOR condition                                    # subjectClause
       | UNLESS condition                                 # exceptionClause
       | ERRNO word                                       # errnoClause
       | LOG (level=NAME)? logLimit?                      # logClause
       | WITHOUT (LB words RB | word)                     # withoutClause
       | ELSE effectWord orKill?                          # elseClause
       | LIBS setExpression                               # libsClause
       | acknowledgement                                  # acknowledgeClause
       ;
logLimit : NAME NUMBER SLASH NAME ;                       // limit 5/s
effectWord : NAME | DENY | AUDIT | KILL | ONLY ;
words : (word (COMMA word)* COMMA?)? ;

condition : conjunction (OR conjunction)* ;
conjunction : negation (AND negation)* ;
negation : NOT* primary ;
primary : LP condition RP | test ;
test : OWNER
     | field (IN setExpression | bracedSet | op=(EQ | NE | LT | LE | GT | GE)? item) ;
bracedSet : group (setOperator setTerm)* ;                // `uid { 33 }` can mean nothing but `uid in { 33 }`
field : NAME (DOT NAME)? ;

setExpression : setTerm (setOperator setTerm)* ;          // from the left; no precedence among | & -
setOperator : UNION | INTERSECT | MINUS ;
setTerm : group | item ;
group : LB (item (COMMA item)* COMMA?)? RB | LP setExpression RP ;
// Where a clause or a statement might begin instead: no reserved word first.
openSet : openTerm (setOperator setTerm)* ;
openTerm : group | openItem ;
openItem : value | NAME arguments? ;
item : value | word arguments? ;                          // secrets, NET_RAW, ioctl(arg1 == 0x5401), netlink(!route)
value : number (RANGE number)? (SLASH word)?              // 33, 1000..1999, 443/tcp, 0x5401
      | address (RANGE address | SLASH NUMBER)?           // 10.2.0.0/16, 2001:db8::/48
      | STRING
      | GROUP
      ;
number : NUMBER | HEX | OCTAL ;
address : DOTTED | IPV6 ;
arguments : LP argument (COMMA argument)* RP ;
argument : BANG? word
         | STRING
         | word op=(EQ | NE | LT | LE | GT | GE) constant
         | word INTERSECT constant (op=(EQ | NE) constant)?
         ;
constant : MINUS? number | word ;                         // -1

seal : SEAL LB sealItem* RB ;
sealItem : constraint | removable | SELF ;
removable : REMOVABLE NAME (condition (NAME condition)?)? ;   // removable never; removable by uid 0 with exe "…"

assertion : ASSERT NAME (condition beside*)? COLON operation acknowledgement* ;
beside : NOT* test ;                                      // tests side by side: all of them

// Parameters are sets of whatever type they are used as.
templateDefinition : TEMPLATE word LP words RP LB (policyRule | assertion)* RB ;
templateUse : USE word LP (setExpression (COMMA setExpression)* COMMA?)? RP AS word acknowledgement* ;

// Reserved words that may still be used as names, because no clause or statement could begin where a name stands.
word : NAME | POLICY | VERSION | TARGET | LOG | AUDIT | KILL | SEAL | ASSERT | REQUIRE | LIBS | TEMPLATE | USE | AS
     | REMOVABLE | SELF | OWNER | ACKNOWLEDGE ;

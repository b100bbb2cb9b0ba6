// Words and signs of the policy language. The parser is given one character for each byte of the text, so a token's
// position is a byte offset; bytes above 0x7f occur in strings and comments only, and are all given as 0x7f, because
// ANTLR is quick for ASCII alone.
//
// Reserved words are those that begin a statement, an effect, a clause or join conditions. What they are about
// (`file`, `uid`, `path`, `to`, `port`, …) are plain NAMEs that later stages look up: an unknown one gets a suggestion
// instead of a syntax error.
lexer grammar SteleLexer;

channels { COMMENTS }

POLICY : 'policy' ; VERSION : 'version' ; TARGET : 'target' ; LET : 'let' ; INCLUDE : 'include' ; RULE : 'rule' ;
REQUIRE : 'require' ; SEAL : 'seal' ; ASSERT : 'assert' ; TEMPLATE : 'template' ; USE : 'use' ; AS : 'as' ;
REMOVABLE : 'removable' ; SELF : 'self' ;
DENY : 'deny' ; AUDIT : 'audit' ; KILL : 'kill' ; ONLY : 'only' ;
ON : 'on' ; FOR : 'for' ; UNLESS : 'unless' ; ERRNO : 'errno' ; LOG : 'log' ; WITHOUT : 'without' ; ELSE : 'else' ;
LIBS : 'libs' ; ACKNOWLEDGE : 'acknowledge' ;
AND : 'and' ; OR : 'or' ; NOT : 'not' ; IN : 'in' ; OWNER : 'owner' ;

ASSIGN : '=' ; EQ : '==' ; NE : '!=' ; LT : '<' ; LE : '<=' ; GT : '>' ; GE : '>=' ;
LB : '{' ; RB : '}' ; LP : '(' ; RP : ')' ; COMMA : ',' ; COLON : ':' ; RANGE : '..' ; DOT : '.' ;
UNION : '|' ; INTERSECT : '&' ; MINUS : '-' ; SLASH : '/' ; BANG : '!' ;

NUMBER : [0-9]+ ;
HEX : '0x' [0-9a-fA-F]+ ;
OCTAL : '0o' [0-7]+ ;
DOTTED : [0-9]+ ('.' [0-9]+)+ ;
// At least two colons, so that `rule abc:` stays a name and a colon.
IPV6 : [0-9a-fA-F]* ':' [0-9a-fA-F]* ':' [0-9a-fA-F:]* ('.' [0-9]+)* ;
MALFORMED_NUMBER : [0-9]+ [A-Za-z_] [A-Za-z0-9_]* ;
NAME : [A-Za-z_] [A-Za-z0-9_]* ;
GROUP : '@' [A-Za-z0-9_-]+ ;

STRING : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '"' ;
UNTERMINATED_STRING : '"' ('\\' ~[\r\n] | ~["\\\r\n])* '\\'? ;

// `////` is a rule for the eye, not documentation.
LINE_COMMENT : ('//' | '////' '/'*) (~[/\r\n] ~[\r\n]*)? -> channel(COMMENTS) ;
DOC : '///' ~[\r\n]* -> channel(COMMENTS) ;
BLOCK_COMMENT : '/*' .*? '*/' -> channel(COMMENTS) ;
UNTERMINATED_COMMENT : '/*' ;
SPACE : [ \t\r\n]+ -> skip ;

UNKNOWN : [\u007f]+ | '\'' (~['"\r\n]* '\'')? | [\u0000-\u007e] ;

# Writes a C file that lists, for each word of dsl/words that the system's headers define, the number they give it.
# The words' macros are the prefix and the word; what a header does not have, an older one, is not listed.
function(words_with_macros table prefix out_lines)
  set(file ${CMAKE_SOURCE_DIR}/dsl/words/${table}.def)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} words REGEX "^STELE_WORD")
  set(lines "${${out_lines}}")
  foreach(word ${words})
    string(REGEX REPLACE "^STELE_WORD\\(\"([A-Za-z0-9_]+)\".*" "\\1" name "${word}")
    set(macro "${prefix}${name}")
    if(NOT table STREQUAL "syscall")
      string(TOUPPER "${macro}" macro)
    endif()
    string(APPEND lines "#ifdef ${macro}\n    {\"${table}\", \"${name}\", (unsigned long long)(${macro})},\n#endif\n")
  endforeach()
  set(${out_lines} "${lines}" PARENT_SCOPE)
endfunction()

# header_words(OUTPUT variable INCLUDES text TABLES table prefix table prefix …): `const struct header_word variable[]`,
# ended by an entry of nulls.
function(header_words)
  cmake_parse_arguments(arg "" "OUTPUT;INCLUDES" "TABLES" ${ARGN})
  set(lines "")
  while(arg_TABLES)
    list(POP_FRONT arg_TABLES table prefix)
    words_with_macros(${table} "${prefix}" lines)
  endwhile()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${arg_OUTPUT}.c @ONLY CONTENT
"#include \"tests/words/header_word.h\"
${arg_INCLUDES}
const struct header_word ${arg_OUTPUT}[] = {
${lines}    {0, 0, 0}};
")
endfunction()

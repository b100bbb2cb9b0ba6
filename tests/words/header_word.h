#pragma once

/* What the system's headers say of the words: one C file for the kernel's own headers and one for the C library's,
 * which do not go together. */

struct header_word {
  const char *table; /* file name in dsl/words without .def; null at the end */
  const char *name;
  unsigned long long number;
};

#ifdef __cplusplus
extern "C" {
#endif
extern const struct header_word kernel_header_words[];
extern const struct header_word library_header_words[];
#ifdef __cplusplus
}
#endif

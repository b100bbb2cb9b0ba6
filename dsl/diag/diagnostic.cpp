#include "dsl/diag/diagnostic.h"

#include <algorithm>
#include <utility>

namespace stele {

LineColumn locate(const SourceFile& file, uint32_t offset) {
  const size_t end = std::min<size_t>(offset, file.text.size());
  LineColumn place;
  for (size_t i = 0; i < end; ++i) {
    const auto byte = static_cast<unsigned char>(file.text[i]);
    if (byte == '\n') {
      ++place.line;
      place.column = 1;
    } else if ((byte & 0xc0) != 0x80) {  // continuation bytes are part of the code point before them
      ++place.column;
    }
  }
  return place;
}

void Sink::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  diagnostics_.push_back(std::move(diagnostic));
}

}  // namespace stele

#pragma once

// The base protocol: each message is a block of header lines, an empty line and as many bytes as Content-Length says.

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>

namespace stele::lsp {

/// Largest message that is read; longer ones are skipped without being kept.
inline constexpr size_t kMaxMessageBytes = size_t{16} << 20;

struct Incoming {
  enum class Kind : uint8_t {
    message,    // `content`
    malformed,  // a header without a usable Content-Length; what follows is read as the next header
    too_large,  // over kMaxMessageBytes
    end         // no more bytes, perhaps within a message
  };
  Kind kind = Kind::end;
  std::string content;
};

/// Reads one message. Reads on to the next one whatever it meets; memory is bounded by kMaxMessageBytes.
Incoming receive(std::istream& in);

void send(std::ostream& out, const std::string& content);

}  // namespace stele::lsp

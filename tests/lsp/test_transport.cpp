// Framing, and the server as a function from bytes to bytes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "compiler/lsp/serve.h"
#include "compiler/lsp/transport.h"

namespace stele::lsp {
namespace {

using Kind = Incoming::Kind;

std::string framed(const std::string& content) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
}

TEST(Transport, Messages) {
  std::istringstream in(framed("{}") + "content-type: x\r\nCONTENT-LENGTH:3\r\n\r\nabc" + "Content-Length: 0 \n\n");
  EXPECT_EQ(receive(in).content, "{}");
  EXPECT_EQ(receive(in).content, "abc");
  const Incoming empty = receive(in);
  EXPECT_EQ(empty.kind, Kind::message);
  EXPECT_EQ(empty.content, "");
  EXPECT_EQ(receive(in).kind, Kind::end);
}

TEST(Transport, GoesOnAfterABadHeader) {
  for (const std::string header : {"\r\n", "X: 1\r\n\r\n", "Content-Length\r\n\r\n", "Content-Length: -1\r\n\r\n",
                                   "Content-Length: 1x\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n"}) {
    std::istringstream in(header + framed("next"));
    EXPECT_EQ(receive(in).kind, Kind::malformed) << header;
    EXPECT_EQ(receive(in).content, "next") << header;
  }
}

TEST(Transport, SkipsWhatIsTooLarge) {
  const size_t size = kMaxMessageBytes + 1;
  std::istringstream in(fmt::format("Content-Length: {}\r\n\r\n", size) + std::string(size, 'x') + framed("next"));
  EXPECT_EQ(receive(in).kind, Kind::too_large);
  EXPECT_EQ(receive(in).content, "next");
}

TEST(Transport, EndsWithinAMessage) {
  for (const char* text : {"", "Content-Le", "Content-Length: 5\r\n", "Content-Length: 5\r\n\r\nabc",
                           "Content-Length: 18446744073709551615\r\n\r\nabc"}) {
    std::istringstream in(text);
    while (receive(in).kind != Kind::end) continue;
  }
}

class NoFiles : public sema::FileReader {
public:
  std::optional<std::string> read(const std::string&, int* error) const override {
    *error = 2;
    return std::nullopt;
  }
};

int served(const std::string& bytes, std::string* ret_out = nullptr) {
  std::istringstream in(bytes);
  std::ostringstream out;
  const int code = serve(in, out, NoFiles());
  if (ret_out) *ret_out = out.str();
  return code;
}

TEST(Serve, ExitCodes) {
  const std::string initialize =
      framed(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}})");
  const std::string shutdown = framed(R"({"jsonrpc":"2.0","id":2,"method":"shutdown"})");
  const std::string exit = framed(R"({"jsonrpc":"2.0","method":"exit"})");
  EXPECT_EQ(served(initialize + shutdown + exit), 0);
  EXPECT_EQ(served(initialize + exit), 1);
  EXPECT_EQ(served(exit), 1);
  EXPECT_EQ(served(initialize + shutdown), 0);
  EXPECT_EQ(served(initialize), 1);
}

TEST(Serve, NestedWithoutEnd) {
  std::string out;
  served(framed(std::string(1000000, '[')) + framed(std::string(500000, '[') + std::string(500000, ']')), &out);
  EXPECT_NE(out.find("-32700"), std::string::npos);
  EXPECT_NE(out.find("-32600"), std::string::npos);
}

}  // namespace
}  // namespace stele::lsp

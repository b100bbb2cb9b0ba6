#include "compiler/lsp/serve.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "compiler/lsp/server.h"
#include "compiler/lsp/transport.h"

namespace stele::lsp {
namespace {

class RegularFiles : public sema::FileReader {
public:
  std::optional<std::string> read(const std::string& path, int* error) const override {
    std::error_code problem;
    const auto status = std::filesystem::status(path, problem);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
      *error = EINVAL;
      return std::nullopt;
    }
    return sema::disk_reader().read(path, error);
  }
  std::string identity(const std::string& path) const override { return sema::disk_reader().identity(path); }
};

std::vector<Json> answers(Server& server, const Incoming& incoming) {
  switch (incoming.kind) {
    case Incoming::Kind::message:
      return server.handle(incoming.content);
    case Incoming::Kind::malformed:
      return {Server::refusal(kParseError, "a header without a `Content-Length` that is a number")};
    case Incoming::Kind::too_large:
      return {Server::refusal(kInvalidRequest, "a message of more than 16 MiB")};
    case Incoming::Kind::end:
      return {};
  }
  return {};
}

void send_all(std::ostream& out, const std::vector<Json>& messages) {
  for (const Json& message : messages) send(out, message.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

const sema::FileReader& regular_files() {
  static const RegularFiles reader;
  return reader;
}

int serve(std::istream& in, std::ostream& out, const sema::FileReader& disk, const sema::LoadOptions& options,
          const Pause& pause) {
  Server server(disk, options);
  for (;;) {
    if (pause && server.has_more() && pause()) {
      send_all(out, server.say_more());
      continue;
    }
    const Incoming incoming = receive(in);
    if (incoming.kind == Incoming::Kind::end) return server.code_at_end();
    send_all(out, answers(server, incoming));
    if (server.exit_code()) return *server.exit_code();
  }
}

}  // namespace stele::lsp

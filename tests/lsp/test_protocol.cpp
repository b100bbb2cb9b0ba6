// The life cycle, and what is not a proper message, spoken to the real process.

#include <gtest/gtest.h>

#include "tests/lsp/client.h"

namespace stele::testing {
namespace {

int error_code(const Json& response) {
  return response.contains("error") ? response["error"]["code"].get<int>() : 0;
}

TEST(Protocol, StartAndEnd) {
  Client client;
  const Json result = client.start();
  EXPECT_EQ(result["capabilities"]["positionEncoding"], "utf-16");
  EXPECT_EQ(result["serverInfo"]["name"], "stele");
  EXPECT_EQ(client.result("shutdown", nullptr), nullptr);
  client.notify("exit", nullptr);
  EXPECT_TRUE(client.receive().is_null());
  EXPECT_EQ(client.wait(), 0);
}

TEST(Protocol, ExitWithoutShutdownIsAFailure) {
  Client client;
  client.start();
  client.notify("exit", nullptr);
  EXPECT_EQ(client.wait(), 1);
}

TEST(Protocol, EndOfInput) {
  Client client;
  client.start();
  EXPECT_EQ(client.wait(), 1);
}

TEST(Protocol, Utf8WhenOffered) {
  Client client;
  const Json offer = {{"general", {{"positionEncodings", {"utf-32", "utf-8", "utf-16"}}}}};
  EXPECT_EQ(client.start(offer)["capabilities"]["positionEncoding"], "utf-8");
}

TEST(Protocol, OddOffersOfEncodings) {
  for (const Json& general : {Json(1), Json({{"positionEncodings", 1}}), Json({{"positionEncodings", {1, "x"}}})}) {
    Client client;
    EXPECT_EQ(client.start({{"general", general}})["capabilities"]["positionEncoding"], "utf-16");
  }
}

TEST(Protocol, NothingBeforeInitialize) {
  Client client;
  EXPECT_EQ(error_code(client.request("textDocument/hover", Json::object())), -32002);
  EXPECT_EQ(error_code(client.request("shutdown", nullptr)), -32002);
  client.open("file:///x.stele", "nonsense");  // a notification: dropped
  EXPECT_TRUE(client.take_diagnostics().empty());
  client.start();
}

TEST(Protocol, InitializeOnce) {
  Client client;
  client.start();
  EXPECT_EQ(error_code(client.request("initialize", Json::object())), -32600);
}

TEST(Protocol, NothingAfterShutdown) {
  Client client;
  client.start();
  client.result("shutdown", nullptr);
  EXPECT_EQ(error_code(client.request("shutdown", nullptr)), -32600);
}

TEST(Protocol, UnknownMethods) {
  Client client;
  client.start();
  EXPECT_EQ(error_code(client.request("textDocument/unheardOf", Json::object())), -32601);
  client.notify("$/cancelRequest", {{"id", 1}});
  client.notify("textDocument/unheardOf", 5);
  client.result("shutdown", nullptr);
}

TEST(Protocol, NotJson) {
  Client client;
  client.start();
  client.send_bytes("Content-Length: 5\r\n\r\n{nope");
  const Json answer = client.receive();
  EXPECT_EQ(error_code(answer), -32700);
  EXPECT_TRUE(answer["id"].is_null());
  client.send_bytes("Content-Length: 4\r\n\r\n\"\xff\xfe\"");
  EXPECT_EQ(error_code(client.receive()), -32700);
}

TEST(Protocol, BadHeaders) {
  Client client;
  client.start();
  client.send_bytes("Content-Length: many\r\n\r\n");
  EXPECT_EQ(error_code(client.receive()), -32700);
  client.result("shutdown", nullptr);
}

TEST(Protocol, TooLargeAMessage) {
  Client client;
  client.start();
  const size_t size = (size_t{16} << 20) + 1;
  client.send_bytes("Content-Length: " + std::to_string(size) + "\r\n\r\n");
  client.send_bytes(std::string(size, ' '));
  EXPECT_EQ(error_code(client.receive()), -32600);
  client.result("shutdown", nullptr);
}

TEST(Protocol, NotAMessage) {
  Client client;
  client.start();
  for (const Json& message :
       {Json(1), Json::array(), Json::object(), Json({{"jsonrpc", "1.0"}, {"id", 7}, {"method", "shutdown"}}),
        Json({{"jsonrpc", "2.0"}, {"id", {1}}, {"method", "shutdown"}}), Json({{"jsonrpc", "2.0"}, {"id", 7}}),
        Json({{"jsonrpc", "2.0"}, {"id", 7}, {"method", 7}})}) {
    client.send(message);
    EXPECT_EQ(error_code(client.receive()), -32600) << message.dump();
  }
  client.send({{"jsonrpc", "2.0"}, {"id", 7}, {"result", nullptr}});  // an answer to nothing: dropped
  client.send({{"jsonrpc", "2.0"}, {"id", "text"}, {"method", "shutdown"}});
  EXPECT_EQ(client.receive()["id"], "text");
}

TEST(Protocol, BadParameters) {
  Client client;
  client.start();
  client.open("file:///x.stele", "");
  const Json document = {{"uri", "file:///x.stele"}};
  for (const Json& params :
       {Json(), Json(1), Json::object(), Json({{"textDocument", 1}}), Json({{"textDocument", {{"uri", 1}}}}),
        Json({{"textDocument", {{"uri", "file:///other.stele"}}}, {"position", {{"line", 0}, {"character", 0}}}}),
        Json({{"textDocument", document}}), Json({{"textDocument", document}, {"position", 1}}),
        Json({{"textDocument", document}, {"position", {{"line", -1}, {"character", 0}}}}),
        Json({{"textDocument", document}, {"position", {{"line", 1.5}, {"character", 0}}}}),
        Json({{"textDocument", document}, {"position", {{"line", 0}, {"character", 4294967296}}}})})
    EXPECT_EQ(error_code(client.request("textDocument/hover", params)), -32602) << params.dump();
}

TEST(Protocol, BadNotificationsAreLogged) {
  Client client;
  client.start();
  client.notify("textDocument/didOpen", {{"textDocument", 1}});
  const Json log = client.receive();
  EXPECT_EQ(log["method"], "window/logMessage");
  EXPECT_EQ(log["params"]["type"], 1);
}

}  // namespace
}  // namespace stele::testing

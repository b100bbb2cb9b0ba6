#pragma once

// Runs the tool as a user would, and folders to run it in.

#include <map>
#include <string>
#include <vector>

namespace stele::testing {

struct ToolRun {
  int code = -1;  // exit code; 128 + signal when killed
  std::string out, err;
};

/// Runs `stele` with `arguments` in the current folder, `input` on standard input, and `environment` added to this
/// one's.
ToolRun run_tool(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {},
                 const std::string& input = {});

/// A folder of its own that goes away.
class Folder {
public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  std::vector<std::string> names() const;

private:
  std::string path_;
};

std::string read_text(const std::string& path);

/// The example policy of the tree.
std::string example_policy();

/// One deny on /etc/shadow.
extern const char* const kSmallPolicy;

}  // namespace stele::testing

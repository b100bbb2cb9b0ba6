#pragma once

// The texts that the editor holds open, and what the compiler says of them. Includes are read from open texts first and
// from files else.
//
// Every open policy is checked when it, or anything it reads, changes. A fragment is checked alone only while no open
// policy includes it: what it lacks may stand in the policy.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/lsp/check.h"
#include "dsl/sema/load.h"

namespace stele::lsp {

struct Document {
  std::string uri;   // as the editor writes it
  std::string path;  // normalised; the whole URI when it names no file
  std::shared_ptr<const diag::SourceFile> source;
  int64_t version = 0;
};

class Workspace {
public:
  /// `disk` must outlive the workspace; it is asked for normalised paths.
  Workspace(const sema::FileReader& disk, sema::LoadOptions options)
      : reader_(disk, documents_), options_(std::move(options)) {}
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  /// Adds a text or replaces it.
  void put(const std::string& uri, std::string text, int64_t version);
  void close(const std::string& uri);
  /// Everything on disk may have changed.
  void forget_disk();
  /// The open text, or nullptr.
  const Document* find(const std::string& uri) const;

  /// Brings all checks up to date; call it after put, close and forget_disk.
  void check();
  /// Is there a check that the analyses have not seen?
  bool has_more() const;
  /// Lets them see one.
  void analyse_one();
  /// By the path of their root.
  const std::map<std::string, Check>& checks() const { return checks_; }

  /// The check that speaks of a file: its own, or that of a policy that includes it. Null: none.
  const Check* check_of(const std::string& path) const;
  /// Roots of the checks that read `path`, its own first.
  std::vector<std::string> roots_of(const std::string& path) const;
  /// The statements of `root` and what it includes, parsed once for each change.
  std::shared_ptr<const sema::Program> program(const std::string& root);

  /// The editor's own URI for an open file, else one made from the path.
  std::string uri_of(const std::string& path) const;
  const sema::FileReader& files() const { return reader_; }

private:
  using Documents = std::map<std::string, Document>;  // by path
  class Reader : public sema::FileReader {
  public:
    Reader(const sema::FileReader& disk, const Documents& documents) : disk_(disk), documents_(documents) {}
    std::optional<std::string> read(const std::string& path, int* error) const override;
    std::string identity(const std::string& path) const override { return disk_.identity(path); }

  private:
    const sema::FileReader& disk_;
    const Documents& documents_;
  };

  /// Drops what was said of policies that read `path`.
  void changed(const std::string& path);
  bool is_included(const std::string& path) const;

  Documents documents_;
  Reader reader_;
  sema::LoadOptions options_;
  std::map<std::string, Check> checks_;
  std::map<std::string, std::shared_ptr<const sema::Program>> programs_;
};

/// Normalised path of a URI's file; the URI itself when it names none.
std::string document_path(const std::string& uri);

}  // namespace stele::lsp

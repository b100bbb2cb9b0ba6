#pragma once

// `file:` URIs and paths (RFC 8089, without a host).

#include <optional>
#include <string>
#include <string_view>

namespace stele::lsp {

/// "/srv/a b.stele" for "file:///srv/a%20b.stele"; nullopt for other schemes and hosts, for a bad escape and for NUL.
std::optional<std::string> path_of_uri(std::string_view uri);

/// "file:///srv/a%20b.stele" for "/srv/a b.stele".
std::string uri_of_path(std::string_view path);

}  // namespace stele::lsp

#include "compiler/evaluate/addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

namespace stele::evaluate {
namespace {

constexpr int kBits = 128, kIpv4Bits = 32;

using Bytes = std::array<unsigned char, kBits / 8>;

Bytes bytes_of(Number address) {
  Bytes bytes{};
  for (size_t i = bytes.size(); i-- > 0; address >>= 8) bytes[i] = static_cast<unsigned char>(address);
  return bytes;
}

/// Bits that the addresses of the range are free in, when it is all that begin alike; else nullopt.
std::optional<int> free_bits(NumberRange range) {
  const Number differing = range.first ^ range.last;
  if ((differing & (differing + 1)) != 0 || (range.first & differing) != 0) return std::nullopt;
  int bits = 0;
  while (bits < kBits && (differing >> bits & 1) != 0) ++bits;
  return bits;
}

}  // namespace

bool is_ipv4(Number address) {
  return address >> kIpv4Bits == kIpv4Base >> kIpv4Bits;
}

std::string address_text(Number address) {
  const Bytes bytes = bytes_of(address);
  char text[INET6_ADDRSTRLEN] = {};
  if (is_ipv4(address))
    inet_ntop(AF_INET, bytes.data() + bytes.size() - kIpv4Bits / 8, text, sizeof text);
  else
    inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

std::string addresses_text(NumberRange range) {
  if (range.first == range.last) return address_text(range.first);
  const std::optional<int> free = free_bits(range);
  if (!free) return fmt::format("{}..{}", address_text(range.first), address_text(range.last));
  const int width = is_ipv4(range.first) && *free <= kIpv4Bits ? kIpv4Bits : kBits;
  return fmt::format("{}/{}", address_text(range.first), width - *free);
}

std::optional<Number> find_address(const std::string& text) {
  Bytes bytes{};
  uint32_t ipv4 = 0;
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return kIpv4Base + ntohl(ipv4);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  Number address = 0;
  for (const unsigned char byte : bytes) address = address << 8 | byte;
  return address;
}

}  // namespace stele::evaluate

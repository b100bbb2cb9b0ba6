#include "dsl/sema/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/digits.h"
#include "dsl/sema/numbers.h"

namespace stele::sema {

namespace {

constexpr uint32_t kAddressBits = 128, kIpv4Bits = 32;
constexpr NumberRange kIpv4{kIpv4Base, kIpv4Base | UINT32_MAX};

struct Address {
  Number number = 0;
  bool is_ipv4 = false;
};

/// The first number of an IPv4 address that has a zero before it, or empty.
std::string with_leading_zero(const std::string& address) {
  for (size_t begin = 0; begin <= address.size();) {
    const size_t end = std::min(address.find('.', begin), address.size());
    std::string number = address.substr(begin, end - begin);
    if (diag::has_leading_zero(number)) return number;
    begin = end + 1;
  }
  return {};
}

std::optional<Address> parse(const ast::Word& word, Reporter& report) {
  std::array<unsigned char, 16> bytes{};
  const bool is_ipv4 = word.text.find(':') == std::string::npos;
  if (const std::string number = is_ipv4 ? with_leading_zero(word.text) : std::string(); !number.empty())
    return report.fail(diag::code::bad_address, word.span, diag::two_readings(number).message,
                       "write the numbers of an address without a zero before them");
  if (inet_pton(is_ipv4 ? AF_INET : AF_INET6, word.text.c_str(), bytes.data()) != 1)
    return report.fail(diag::code::bad_address, word.span, fmt::format("`{}` is not an address", word.text),
                       is_ipv4 ? "write four numbers up to 255, such as `10.2.0.0`"
                               : "write up to eight groups of four digits, such as `2001:db8::1`");
  Address out{is_ipv4 ? kIpv4Base >> kIpv4Bits : 0, is_ipv4};
  for (size_t i = 0; i < (is_ipv4 ? 4u : 16u); ++i) out.number = out.number << 8 | bytes[i];
  return out;
}

std::string address_text(Number number) {
  std::array<unsigned char, 16> bytes{};
  for (size_t i = 16; i-- > 0; number >>= 8) bytes[i] = static_cast<unsigned char>(number & 0xff);
  const bool is_ipv4 = bytes[10] == 0xff && bytes[11] == 0xff &&
                       std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char b) { return b == 0; });
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4) {
    inet_ntop(AF_INET, bytes.data() + 12, text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<NumberSet> prefix(const ast::Item& item, Address address, Reporter& report) {
  const uint32_t width = address.is_ipv4 ? kIpv4Bits : kAddressBits;
  if (item.prefix->value > width)
    return report.fail(diag::code::bad_prefix, item.prefix->span,
                       fmt::format("a prefix of {} bits; the address has {}", item.prefix->value, width),
                       fmt::format("write `{}/{}` for this address alone", item.address.text, width));
  const auto free_bits = width - static_cast<uint32_t>(item.prefix->value);
  const Number host = free_bits == kAddressBits ? ~Number{0} : (Number{1} << free_bits) - 1;
  if ((address.number & host) != 0)
    return report.fail(diag::code::host_bits, item.span,
                       fmt::format("`{}` has bits set beyond the first {}", item.address.text, item.prefix->value),
                       fmt::format("write `{}/{}`", address_text(address.number & ~host), item.prefix->value));
  const NumberSet all = {{address.number, address.number | host}};
  const bool around_ipv4 = free_bits > kIpv4Bits;
  return around_ipv4 ? subtract(all, {kIpv4}) : all;
}

}  // namespace

std::optional<NumberSet> parse_addresses(const ast::Item& item, Reporter& report) {
  const std::optional<Address> first = parse(item.address, report);
  if (!first) return std::nullopt;
  if (item.prefix) return prefix(item, *first, report);
  if (!item.is_range) return NumberSet{{first->number, first->number}};
  const std::optional<Address> last = parse(item.last_address, report);
  if (!last) return std::nullopt;
  if (first->is_ipv4 != last->is_ipv4)
    return report.fail(diag::code::bad_address, item.span, "a range from IPv4 to IPv6 addresses", "write two ranges");
  if (last->number < first->number)
    return report.fail(diag::code::reversed_range, item.span, "this range ends before it starts",
                       fmt::format("write `{}..{}`", item.last_address.text, item.address.text));
  return NumberSet{{first->number, last->number}};
}

Condition with_wildcards(Condition object) {
  for (Condition& operand : object.operands) operand = with_wildcards(std::move(operand));
  if (object.kind != Condition::Kind::number_in || object.field != Field::address) return object;
  static const NumberSet kOfMachines4 = {{kIpv4Base, kIpv4Base + 0xdfffffff},
                                         {kIpv4Base + 0xf0000000, kIpv4Base + 0xfffffffe}};
  static const NumberSet kOfMachines6 = subtract({{1, (Number{0xff} << (kAddressBits - 8)) - 1}}, {kIpv4});
  NumberSet wildcards;
  if (const bool is_v4 = !intersect(object.numbers, kOfMachines4).empty();
      is_v4 || !intersect(object.numbers, kOfMachines6).empty()) {
    wildcards.push_back({0, 0});
    if (is_v4) wildcards.push_back({kIpv4Base, kIpv4Base});
  }
  object.numbers = unite(object.numbers, wildcards);
  return object;
}

std::string addresses_text(const NumberRange& range) {
  if (range.first == range.last) return address_text(range.first);
  const bool is_ipv4 = range.first >= kIpv4.first && range.last <= kIpv4.last;
  const uint32_t width = is_ipv4 ? kIpv4Bits : kAddressBits;
  const Number host = range.first ^ range.last;
  const bool is_prefix = (host & (host + 1)) == 0 && (range.first & host) == 0;
  if (!is_prefix) return fmt::format("{}..{}", address_text(range.first), address_text(range.last));
  uint32_t bits = width;
  for (Number rest = host; rest != 0; rest >>= 1) --bits;
  return fmt::format("{}/{}", address_text(range.first), bits);
}

}  // namespace stele::sema

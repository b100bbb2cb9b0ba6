// liblzma's raw LZMA1 stream, without end marker: its size is known. The enforcer has a decoder of its own
// (runtime/enforcer/unpack.c).

#include "compiler/pack/packed_data.h"

#include <lzma.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "compiler/pack/checksum.h"
#include "compiler/pack/pack_error.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

constexpr size_t kAlignment = 16;
constexpr size_t kMaxConstants = 1 << 20;
constexpr uint32_t kLongestMatch = 273, kSearchDepth = 1000;

class Filters {
public:
  explicit Filters(size_t size) {
    lzma_lzma_preset(&options_, LZMA_PRESET_DEFAULT);
    options_.dict_size = static_cast<uint32_t>(std::max<size_t>(size, LZMA_DICT_SIZE_MIN));
    options_.lc = STELE_LZMA_LC;
    options_.lp = STELE_LZMA_LP;
    options_.pb = STELE_LZMA_PB;
    options_.mode = LZMA_MODE_NORMAL;
    options_.mf = LZMA_MF_BT4;
    options_.nice_len = kLongestMatch;
    options_.depth = kSearchDepth;
    lzma_set_ext_size(options_, size);
  }
  const lzma_filter* get() const { return filters_.data(); }

private:
  lzma_options_lzma options_{};
  std::array<lzma_filter, 2> filters_{{{LZMA_FILTER_LZMA1EXT, &options_}, {LZMA_VLI_UNKNOWN, nullptr}}};
};

const uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

}  // namespace

std::string pack_data(const std::string& constants, const std::string& plan) {
  std::string data = constants;
  data.resize((data.size() + kAlignment - 1) / kAlignment * kAlignment, '\0');
  stele_packed header{};
  header.magic = STELE_PACKED_MAGIC;
  header.abi = STELE_ABI_VERSION;
  header.constants_size = static_cast<uint32_t>(data.size());
  header.plan_size = static_cast<uint32_t>(plan.size());
  data += plan;
  header.checksum = checksum(data);

  std::string packed(sizeof(header) + lzma_stream_buffer_bound(data.size()), '\0');
  auto* out = reinterpret_cast<uint8_t*>(packed.data());
  size_t end = sizeof(header);
  lzma_ret result = lzma_raw_buffer_encode(Filters(data.size()).get(), nullptr, bytes_of(data), data.size(), out, &end,
                                           packed.size());
  if (result != LZMA_OK) refuse("the plan cannot be packed (liblzma: " + std::to_string(result) + ")");
  packed.resize(end);
  header.packed_size = static_cast<uint32_t>(end - sizeof(header));
  std::memcpy(packed.data(), &header, sizeof(header));
  return packed;
}

PackedData unpack_data(std::string_view segment) {
  stele_packed header{};
  if (segment.size() < sizeof(header)) refuse("the enforcer is cut short");
  std::memcpy(&header, segment.data(), sizeof(header));
  if (header.magic != STELE_PACKED_MAGIC) refuse("not an enforcer: it holds no packed plan");
  if (header.abi != STELE_ABI_VERSION) refuse("the enforcer's version is not this compiler's");
  if (header.packed_size != segment.size() - sizeof(header) || header.constants_size % kAlignment ||
      header.constants_size > kMaxConstants || header.plan_size > STELE_MAX_PLAN)
    refuse("the enforcer's sizes are damaged");

  std::string data(size_t{header.constants_size} + header.plan_size, '\0');
  size_t at = sizeof(header), length = 0;
  lzma_ret result = lzma_raw_buffer_decode(Filters(data.size()).get(), nullptr, bytes_of(segment), &at, segment.size(),
                                           reinterpret_cast<uint8_t*>(data.data()), &length, data.size());
  if (result != LZMA_OK || at != segment.size() || length != data.size())
    refuse("the enforcer's packed plan is damaged");
  if (checksum(data) != header.checksum) refuse("the enforcer's checksum does not match");
  return {data.substr(0, header.constants_size), data.substr(header.constants_size)};
}

}  // namespace stele::pack

// The cache of kernels and the header of an image, without network.

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "compiler/os/files.h"
#include "compiler/vm/guest_init.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/machine.h"

namespace stele {
namespace {

constexpr char kHello[] = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";  // of "hello\n"

class KernelCache : public testing::Test {
protected:
  KernelCache() : folder_(*os::TemporaryDirectory::make()) { options_.directory = folder_.path(); }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(os::replace_file(folder_.path() + "/" + name, text));
  }
  void write_index(const std::string& sha256) {
    write("index.json",
          R"({"6.12": {"release": "6.12.9-x", "package": "p", "newest": "yes", "sha256": ")" + sha256 + "\"}}");
  }
  os::TemporaryDirectory folder_;
  vm::KernelCacheOptions options_;
};

TEST_F(KernelCache, EmptyAtFirst) {
  Result<std::vector<vm::CachedKernel>> kernels = vm::list_kernels(options_);
  ASSERT_TRUE(kernels);
  EXPECT_TRUE(kernels->empty());
}

TEST_F(KernelCache, FetchUsesWhatIsThere) {
  write_index(kHello);
  write("vmlinuz-6.12", "hello\n");
  write("overlay-6.12.ko", "module");
  write("binfmt_misc-6.12.ko", "module");
  for (const char* name : {"6.12", "newest"}) {
    Result<vm::CachedKernel> kernel = vm::fetch_kernel(name, options_);
    ASSERT_TRUE(kernel) << kernel.error().message;
    EXPECT_EQ(kernel->release, "6.12.9-x");
    EXPECT_EQ(kernel->path, folder_.path() + "/vmlinuz-6.12");
  }
  EXPECT_EQ(vm::list_kernels(options_)->size(), 1u);
}

TEST_F(KernelCache, AChangedImageIsNotListed) {
  write_index(kHello);
  write("vmlinuz-6.12", "hullo\n");
  EXPECT_TRUE(vm::list_kernels(options_)->empty());
  EXPECT_FALSE(vm::find_kernel("6.12", options_));
}

TEST_F(KernelCache, ABrokenIndexIsSaid) {
  for (const char* text : {"", "[]", "{\"6.1\": 3}", "{"}) {
    write("index.json", text);
    EXPECT_FALSE(vm::list_kernels(options_)) << text;
  }
}

TEST_F(KernelCache, NamesOfKernels) {
  for (const char* name : {"", "x", "6.1x", "../6.1"}) {
    Result<vm::CachedKernel> kernel = vm::fetch_kernel(name, options_);
    ASSERT_FALSE(kernel);
    EXPECT_EQ(kernel.error().error, EINVAL) << name;
  }
  write("image", "x");
  EXPECT_EQ(vm::find_kernel(folder_.path() + "/image", options_)->path, folder_.path() + "/image");
  EXPECT_EQ(vm::find_kernel(folder_.path() + "/none", options_).error().error, ENOENT);
  EXPECT_EQ(vm::find_kernel("6.1", options_).error().message,
            "is not in the cache; `stele kernels fetch 6.1` downloads it");
}

TEST_F(KernelCache, ModuleBesideTheImage) {
  EXPECT_EQ(vm::module_path("/cache/vmlinuz-6.12", "overlay"), "/cache/overlay-6.12.ko");
  EXPECT_EQ(vm::module_path("/boot/image", "overlay"), "/boot/overlay-image.ko");
}

TEST_F(KernelCache, ReleaseOfAnImage) {
  std::string image(0x400, '\0');
  image.replace(0x202, 4, "HdrS");
  image[0x20e] = 0x20;
  image[0x20f] = 0x01;
  image.replace(0x320, 24, "6.1.0-56-cloud (builder)");
  write("image", image);
  EXPECT_EQ(*vm::kernel_release(folder_.path() + "/image"), "6.1.0-56-cloud");
  image[0x20f] = 0x7f;
  write("image", image);
  EXPECT_FALSE(vm::kernel_release(folder_.path() + "/image"));
  write("image", "short");
  EXPECT_FALSE(vm::kernel_release(folder_.path() + "/image"));
}

TEST(GuestInit, IsAStaticProgram) {
  EXPECT_EQ(vm::guest_init().substr(0, 4),
            "\x7f"
            "ELF");
  EXPECT_LT(vm::guest_init().size(), 64u << 10);
}

}  // namespace
}  // namespace stele

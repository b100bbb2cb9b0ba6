// The archive, byte by byte, and what it refuses.

#include <gtest/gtest.h>

#include "compiler/vm/initramfs.h"

namespace stele {
namespace {

using Kind = vm::ArchiveEntry::Kind;

std::string header(const std::string& inode, const std::string& mode, const std::string& owner,
                   const std::string& links, const std::string& size, const std::string& device,
                   const std::string& name_size) {
  const std::string zero = "00000000";
  return "070701" + inode + mode + owner + links + zero + size + zero + zero + device + name_size + zero;
}

const std::string kRoot = "0000000000000000", kNoDevice = "0000000000000000";
const std::string kTrailer = header("00000000", "00000000", kRoot, "00000001", "00000000", kNoDevice, "0000000B") +
                             std::string("TRAILER!!!\0\0\0\0", 14);

TEST(Initramfs, EmptyIsTheTrailer) {
  Result<std::string> archive = vm::write_initramfs({});
  ASSERT_TRUE(archive);
  EXPECT_EQ(*archive, kTrailer);
}

TEST(Initramfs, FileWithOwner) {
  Result<std::string> archive =
      vm::write_initramfs({{.path = "/a", .content = "hello", .mode = 0640, .uid = 10, .gid = 255}});
  ASSERT_TRUE(archive);
  EXPECT_EQ(*archive,
            header("00000001", "000081A0", "0000000A000000FF", "00000001", "00000005", kNoDevice, "00000002") +
                std::string("a\0hello\0\0\0", 10) + kTrailer);
}

TEST(Initramfs, DirectoryDeviceAndSymlink) {
  Result<std::string> archive = vm::write_initramfs(
      {{.path = "/d", .kind = Kind::directory, .content = "", .mode = 0755},
       {.path = "/d/c", .kind = Kind::character_device, .content = "", .mode = 0600, .major = 5, .minor = 1},
       {.path = "/l", .kind = Kind::symlink, .content = "d", .mode = 0777}});
  ASSERT_TRUE(archive);
  EXPECT_EQ(*archive,
            header("00000001", "000041ED", kRoot, "00000002", "00000000", kNoDevice, "00000002") +
                std::string("d\0", 2) +
                header("00000002", "00002180", kRoot, "00000001", "00000000", "0000000500000001", "00000004") +
                std::string("d/c\0\0\0", 6) +
                header("00000003", "0000A1FF", kRoot, "00000001", "00000001", kNoDevice, "00000002") +
                std::string("l\0d\0\0\0", 6) + kTrailer);
}

TEST(Initramfs, HardLinksShareAnInodeAndOneContent) {
  Result<std::string> archive =
      vm::write_initramfs({{.path = "/a", .content = "x"}, {.path = "/b", .kind = Kind::hard_link, .content = "/a"}});
  ASSERT_TRUE(archive);
  EXPECT_EQ(*archive, header("00000001", "000081A4", kRoot, "00000002", "00000001", kNoDevice, "00000002") +
                          std::string("a\0x\0\0\0", 6) +
                          header("00000001", "000081A4", kRoot, "00000002", "00000000", kNoDevice, "00000002") +
                          std::string("b\0", 2) + kTrailer);
}

TEST(Initramfs, Refuses) {
  const vm::ArchiveEntry file = {.path = "/f", .content = ""};
  const std::vector<std::vector<vm::ArchiveEntry>> wrong = {
      {{.path = "relative", .content = ""}},
      {{.path = "/", .kind = Kind::directory, .content = ""}},
      {{.path = "/d/", .kind = Kind::directory, .content = ""}},
      {{.path = "/no/parent", .content = ""}},
      {file, file},
      {file, {.path = "/f/below-a-file", .content = ""}},
      {{.path = "/h", .kind = Kind::hard_link, .content = "/f"}, file},
      {{.path = std::string("/n\0l", 4), .content = ""}},
  };
  for (const auto& entries : wrong) EXPECT_FALSE(vm::write_initramfs(entries)) << entries.front().path;
}

}  // namespace
}  // namespace stele

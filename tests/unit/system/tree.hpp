// SPDX-License-Identifier: MIT
// A directory that looks like /proc as far as a test says, and goes with it.
#pragma once

#include "system/procfs.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace otherend::system {

class Tree {
  public:
    Tree() {
        std::string name = std::filesystem::temp_directory_path() / "otherend-XXXXXX";
        root_ = mkdtemp(name.data());
    }
    ~Tree() {
        for (const auto& name : forbidden_)
            std::filesystem::permissions(at(name), std::filesystem::perms::all);
        std::filesystem::remove_all(root_);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    [[nodiscard]] std::filesystem::path at(const std::string& name) const { return root_ / name; }
    [[nodiscard]] Procfs open() const { return Procfs::open(root_).value(); }

    void file(const std::string& name, const std::string& content) const {
        directory(at(name).parent_path());
        std::ofstream(at(name), std::ios::binary) << content;
    }
    void link(const std::string& name, const std::string& target) const {
        directory(at(name).parent_path());
        std::filesystem::create_symlink(target, at(name));
    }
    void fifo(const std::string& name) const {
        directory(at(name).parent_path());
        if (mkfifo(at(name).c_str(), 0600) != 0)
            throw std::runtime_error("mkfifo");
    }
    [[nodiscard]] bool exists(const std::string& name) const { return std::filesystem::exists(at(name)); }
    void directory(const std::string& name) const { std::filesystem::create_directories(at(name)); }
    // Nobody may look at `name` any more, and everybody at the rest.
    void forbid(const std::string& name) {
        std::filesystem::permissions(root_, std::filesystem::perms::all);
        std::filesystem::permissions(at(name), std::filesystem::perms::none);
        forbidden_.push_back(name);
    }

  private:
    std::filesystem::path root_;
    std::vector<std::string> forbidden_;
};

} // namespace otherend::system

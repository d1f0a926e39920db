// SPDX-License-Identifier: MIT
// otherend against the kernel's memory: for each end that a topology holds, both must tell the same peer.
#include "harness/case.hpp"
#include "harness/truth.hpp"
#include "kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace otherend::oracle {
namespace {

using harness::Arguments;
using harness::Case;
using harness::Json;

// Not those whose main thread has not the descriptors: dead_leader, own_table_thread, shared_own_table.
const Case topologies[] = {
    {"activation", {}},   {"classic", {}},       {"classic", {"seqpacket"}},
    {"closed", {}},       {"container", {}},     {"dgram_connected", {}},
    {"dgram_many", {}},   {"dgram_mutual", {}},  {"half_shutdown", {}},
    {"inflight", {}},     {"io_uring_held", {}}, {"listener_closed", {}},
    {"many_holders", {}}, {"names", {}},         {"netns_clients", {}},
    {"netns_orphan", {}}, {"pair", {}},          {"path_renamed", {}},
    {"pending", {}},      {"queued", {}},        {"pending", {"seqpacket"}},
    {"shared_table", {}}, {"unconnected", {}},
};

const Result<Kernel>& kernel() {
    static const auto opened = open_kernel();
    return opened;
}

// One end, as a line that both can write.
std::string line_of(std::uint64_t inode, const std::string& address, const std::string& peer) {
    return std::to_string(inode) + " at " + address + (peer.empty() ? ", no peer" : ", peer " + peer);
}

std::string peer_text(std::optional<std::uint64_t> inode, const std::string& address) {
    return (inode ? std::to_string(*inode) : "unnumbered") + " at " + address;
}

std::string seen_in_memory(const Endpoint& end) {
    return line_of(end.inode, text_of(end.address),
                   end.peer ? peer_text(end.peer->inode, text_of(end.peer->address)) : "");
}

std::string padded(const std::string& address) {
    return text_of(std::stoull(address, nullptr, 16));
}

// What otherend says of the end itself. It lists more edges than the one pointer of a socket: those who point to
// it, and a listener's clients. The one to the peer that memory shows must be among them. A peer that is closed has
// no address there; in memory it is one without a file.
std::string answered(const Json& end, const std::optional<Peer>& peer) {
    std::string chosen;
    for (const auto& edge : end.value("peers", Json::array())) {
        if (peer && !peer->inode && edge["state"] == "closed")
            return line_of(end["inode"], padded(end["address"]),
                           peer_text(std::nullopt, text_of(peer->address)));
        if (!edge.contains("address"))
            continue;
        std::optional<std::uint64_t> inode;
        if (edge.contains("inode"))
            inode = edge["inode"].get<std::uint64_t>();
        const auto address = padded(edge["address"]);
        if (peer && address == text_of(peer->address))
            return line_of(end["inode"], padded(end["address"]), peer_text(inode, address));
        if (chosen.empty())
            chosen = peer_text(inode, address);
    }
    return line_of(end["inode"], padded(end["address"]), peer ? chosen : "");
}

class Comparison {
  public:
    Comparison(const Kernel& kernel, const Offsets& offsets, const harness::Truth& truth, const Json& answer)
        : kernel_(kernel), offsets_(offsets) {
        for (const auto& end : answer["endpoints"])
            if (end.contains("inode"))
                answers_.emplace(end["inode"].get<std::uint64_t>(), end);
        for (const auto& [key, end] : truth.endpoints().items())
            for (const auto& holder : end.value("holders", Json::array()))
                if (holder["via"] == "fd" && !holder.contains("tid"))
                    compare(key, end, holder);
        check_edges();
    }

    std::vector<std::string> differences;
    int compared = 0;

  private:
    void compare(const std::string& key, const Json& end, const Json& holder) {
        ++compared;
        const auto seen =
            endpoint_of(kernel_.memory, offsets_, kernel_.init_task, holder["pid"], holder["fd"]);
        if (!seen) {
            differences.push_back(key + ": memory: " + seen.error().message);
            return;
        }
        if (seen->inode != end["inode"])
            differences.push_back(key + ": memory: inode " + std::to_string(seen->inode) + ", made as " +
                                  end["inode"].dump());
        const auto answer = answers_.find(end["inode"]);
        if (answer == answers_.end()) {
            differences.push_back(key + ": not listed");
            return;
        }
        const auto in_memory = seen_in_memory(*seen), in_answer = answered(answer->second, seen->peer);
        if (in_memory != in_answer)
            differences.push_back(key + ": memory: " + in_memory + "; otherend: " + in_answer);
        else
            seen_.emplace(text_of(seen->address), *seen);
    }

    // Between two ends that are both held, an edge stands for a pointer of one of them.
    void check_edges() {
        for (const auto& [address, end] : seen_) {
            const auto& answer = answers_.at(end.inode);
            for (const auto& edge : answer.value("peers", Json::array())) {
                const auto other = seen_.find(padded(edge.value("address", "0")));
                if (other == seen_.end() || answer["state"] == "listening" || edge["state"] == "connecting")
                    continue;
                if (!points_to(end, other->second) && !points_to(other->second, end))
                    differences.push_back(address + ": memory knows no edge to " + other->first);
            }
        }
    }

    static bool points_to(const Endpoint& from, const Endpoint& to) {
        return from.peer && from.peer->address == to.address;
    }

    const Kernel& kernel_;
    const Offsets& offsets_;
    std::map<std::uint64_t, Json> answers_;
    std::map<std::string, Endpoint> seen_;
};

class KcoreTest : public testing::TestWithParam<Case> {
  protected:
    void SetUp() override {
        if (!kernel() && kernel().error().kind != ErrorClass::failed)
            GTEST_SKIP() << kernel().error().message;
        ASSERT_TRUE(kernel()) << kernel().error().message;
    }

    static Json listing() {
        const auto run = harness::otherend({"list", "-o", "json", "--addresses"});
        EXPECT_EQ(run.exit_code, 0) << run.err;
        return Json::parse(run.out);
    }
};

TEST_P(KcoreTest, ShowsThePeersThatOtherendLists) {
    const harness::Program program(GetParam().program, GetParam().arguments);
    if (program.skipped())
        GTEST_SKIP() << *program.skipped();
    const auto answer = listing();
    ASSERT_EQ(answer["source"], "bpf") << "no other source knows addresses";
    const Comparison result(*kernel(), kernel()->offsets, harness::Truth(program.line()), answer);
    EXPECT_EQ(result.differences, std::vector<std::string>());
    EXPECT_GT(result.compared, 0);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return harness::name_of(info.param);
}

INSTANTIATE_TEST_SUITE_P(Every, KcoreTest, testing::ValuesIn(topologies), name_of);

class BrokenKcoreTest : public KcoreTest {};

TEST_P(BrokenKcoreTest, AWrongOffsetIsADifference) {
    const harness::Program program(GetParam().program, GetParam().arguments);
    const harness::Truth truth(program.line());
    const auto answer = listing();
    ASSERT_EQ(answer["source"], "bpf");
    for (const auto field : {&Offsets::unix_peer, &Offsets::alloc_inode_number, &Offsets::task_files}) {
        auto offsets = kernel()->offsets;
        offsets.*field += 8;
        EXPECT_NE(Comparison(*kernel(), offsets, truth, answer).differences, std::vector<std::string>());
    }
}

INSTANTIATE_TEST_SUITE_P(Every, BrokenKcoreTest, testing::Values(topologies[1]), name_of);

} // namespace
} // namespace otherend::oracle

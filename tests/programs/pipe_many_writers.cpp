// SPDX-License-Identifier: MIT
// A pipe with three writers and two readers is still two ends; one writer has two descriptors of it.
#include "pipes.hpp"
#include "topology.hpp"

#include <unistd.h>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto [in, out] = make_pipe();
    for (int i = 0; i < 3; ++i)
        topology.include(start([&, writer_end = out](Report& writer) {
            keep_only({writer_end});
            writer.truth.hold("write", writer_end);
        }));
    topology.include(start([&, reader_end = in](Report& reader) {
        keep_only({reader_end});
        reader.truth.hold("read", reader_end);
    }));
    truth.hold("read", in);
    truth.hold("write", out);
    truth.hold("write", check(fcntl(out, F_DUPFD_CLOEXEC, 0), "fcntl(F_DUPFD_CLOEXEC)"));
    truth.join("read", "write");
    topology.present();
}

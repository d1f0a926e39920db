// SPDX-License-Identifier: MIT
#include "cli/run.hpp"

#include <cerrno>
#include <cstring>
#include <ostream>
#include <utility>

namespace otherend::cli {

namespace {

template <typename... Visitors> struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

Result<int> dispatch(const Request& request, Streams streams) {
    const auto visitor = Overloaded{
        [&](const PeersRequest& peers) { return run(peers, streams); },
        [&](const DoctorRequest& doctor) { return run(doctor, streams); },
        [&](const HelpRequest& help) -> Result<int> {
            streams.out << help.text;
            return 0;
        },
    };
    return std::visit(visitor, request);
}

} // namespace

int run(std::vector<std::string> arguments, Streams streams) {
    const auto request = parse_request(std::move(arguments));
    const auto code = request ? dispatch(*request, streams) : std::unexpected(request.error());
    if (code && !streams.out.flush()) {
        streams.err << "otherend: write the answer: " << std::strerror(errno) << '\n';
        return static_cast<int>(ErrorClass::failed);
    }
    if (code)
        return *code;
    streams.err << "otherend: " << code.error().message << '\n';
    return static_cast<int>(code.error().kind);
}

} // namespace otherend::cli

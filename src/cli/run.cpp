// SPDX-License-Identifier: MIT
#include "cli/run.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
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
        [&](const PathRequest& path) { return run(path, streams); },
        [&](const DoctorRequest& doctor) { return run(doctor, streams); },
        [&](const HelpRequest& help) -> Result<int> {
            streams.out << help.text;
            return 0;
        },
    };
    return std::visit(visitor, request);
}

// Whatever a library throws: no memory, or no thread to be had on a host at its limits.
Result<int> guarded(std::vector<std::string> arguments, Streams streams) {
    try {
        const auto request = parse_request(std::move(arguments));
        return request ? dispatch(*request, streams) : std::unexpected(request.error());
    } catch (const std::exception& error) {
        return std::unexpected(Error{ErrorClass::failed, error.what()});
    }
}

} // namespace

int run(std::vector<std::string> arguments, Streams streams) {
    const auto code = guarded(std::move(arguments), streams);
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

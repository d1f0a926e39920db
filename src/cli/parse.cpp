// SPDX-License-Identifier: MIT
#include "cli/request.hpp"

#include "base/escape.hpp"
#include "cli/patience.hpp"
#include "cli/vocabulary.hpp"
#include "render/column.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace otherend::cli {

namespace {

constexpr std::array verbs{"who", "list", "path", "doctor"};
constexpr std::array planned{"trace", "veth", "bridge", "replay"};

constexpr auto target_forms = R"(
Targets: PID  PID/FD  ino:N  socket:[N]  pipe:[N]  0xADDRESS  /PATH  @NAME  unix:NAME  :PORT  ADDRESS:PORT
         tcp:ADDRESS  udp:ADDRESS  pts/N  comm:NAME  netns:ID  container:NAME  container:NAME:/PATH  unit:NAME
)";

constexpr auto who_examples = R"(
Examples:
  otherend who /run/docker.sock     every client of the Docker daemon, in whichever container
  otherend who 4242/7 -o json       what descriptor 7 of process 4242 is connected to)";

constexpr auto list_examples = R"(
Examples:
  otherend list --state pending,connecting      who waits for a server that does not accept
  otherend list --stuck                         connections on which nothing moves, and why
  otherend list container:web --stuck --stuck-after 10,half-closed=300      the same with more patience
  otherend list comm:postgres -o csv --columns pid,fd,state,peer_comm,peer_pid,name)";

constexpr auto path_examples = R"(
Examples:
  otherend path 4242/0             where the standard input of process 4242 begins, through every relay
  otherend path 4242/7 --observe 2 -o dot     the same as a graph, with relays that were watched for 2 s)";

constexpr auto doctor_examples = R"(
Examples:
  otherend doctor              what this kernel and these privileges allow, and how to get the rest
  otherend doctor -o json      the same for a script)";

template <typename T> std::vector<std::string> words_of(const std::map<std::string, T>& words) {
    std::vector<std::string> names;
    for (const auto& [name, value] : words)
        names.push_back(name);
    return names;
}

// CLI11 would take -1 for a very large number and 010 for 8.
std::optional<std::size_t> count_in(const std::string& text) {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(count) : std::nullopt;
}

std::string is_count(const std::string& text) {
    return count_in(text) ? "" : "expected a number from 0, not '" + text + "'";
}

constexpr double longest_observation_s = 3600;

std::optional<double> observation_in(const std::string& text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && seconds > 0 && seconds <= longest_observation_s ? std::optional(seconds) : std::nullopt;
}

std::string is_observation(const std::string& text) {
    return observation_in(text) ? "" : "expected seconds, more than 0 and at most 3600, not '" + text + "'";
}

// What the parser fills before it becomes values.
struct Draft {
    std::vector<std::string> targets;
    std::string format = "table", color = "auto", source = "auto";
    std::vector<std::string> states, kinds;
    std::string top, observe;
    std::optional<std::string> stuck_after;
    Output output;
    bool verify = false, stuck = false;
};

void add_output_options(CLI::App& verb, Draft& draft) {
    verb.add_option("-o,--output", draft.format, "How to print the answer")
        ->transform(CLI::IsMember(words_of(formats)))
        ->type_name("FORMAT");
    verb.add_option("--color", draft.color, "Colour the state words: auto, always, never; beats NO_COLOR")
        ->transform(CLI::IsMember(words_of(colors)))
        ->type_name("WHEN");
}

void add_source_option(CLI::App& verb, Draft& draft) {
    verb.add_option("--source", draft.source, "Where to read: auto, bpf, diag (sock_diag), proc (procfs)")
        ->transform(CLI::IsMember(words_of(sources)));
}

void add_addresses_option(CLI::App& verb, Draft& draft) {
    verb.add_flag("--addresses", draft.output.addresses,
                  "Show kernel addresses (they help to attack a kernel)");
}

void add_peer_options(CLI::App& verb, Draft& draft) {
    auto& output = draft.output;
    add_output_options(verb, draft);
    verb.add_option("--columns", output.columns,
                    "Columns of table, wide and csv, separated by commas; +NAME adds one");
    verb.add_option("--filter", output.filters,
                    "Only rows for which an expression over columns holds, such as "
                    "'comm == nginx and rx_queue > 0'; may be repeated")
        ->allow_extra_args(false);
    verb.add_option("--sort", output.sort,
                    "Order by these columns, separated by commas; -NAME for descending");
    verb.add_option("--top", draft.top, "Only the first N endpoints")->type_name("N")->check(is_count);
    verb.add_option("--kind", draft.kinds, "Only endpoints of these kinds, separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->transform(CLI::IsMember(words_of(kind_words())));
    verb.add_option("--state", draft.states, "Only endpoints in one of these states, separated by commas")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->transform(CLI::IsMember(words_of(state_words())));
    add_addresses_option(verb, draft);
    add_source_option(verb, draft);
    verb.add_flag("--verify", draft.verify, "Confirm every edge read by BPF through sock_diag as well");
}

void add_stuck_options(CLI::App& list, Draft& draft) {
    auto* stuck = list.add_flag("--stuck", draft.stuck,
                                "Only TCP and UNIX endpoints on which nothing moves, each with the reason");
    list.add_option(
            "--stuck-after", draft.stuck_after,
            "How long nothing may move: for every reason, or for retransmit, syn (default 3), window, "
            "unread (5) or half-closed (60), as in unread=10,syn=2")
        ->type_name("[NAME=]SECONDS,...")
        ->needs(stuck);
}

void add_path_options(CLI::App& verb, Draft& draft) {
    verb.add_option("TARGET", draft.targets, "Where to begin")->required()->expected(1);
    verb.add_option("-o,--output", draft.format, "How to print the answer")
        ->transform(CLI::IsMember(words_of(path_formats)))
        ->type_name("FORMAT");
    verb.add_option("--observe", draft.observe, "Watch for so long which ends data is moved between")
        ->type_name("SECONDS")
        ->check(is_observation);
    add_addresses_option(verb, draft);
    add_source_option(verb, draft);
    verb.footer(std::string(target_forms) + path_examples);
}

void add_columns_help(CLI::App& verb, const char* examples) {
    auto text = std::string(target_forms) + examples;
    text += "\n\nColumns:\n";
    for (const auto& column : render::columns())
        text += fmt::format("  {:<14} {}\n", column.name, column.help);
    verb.footer(text);
}

Output finish(const Draft& draft) {
    Output output = draft.output;
    output.format = formats.at(draft.format);
    output.color = colors.at(draft.color);
    output.top = count_in(draft.top);
    for (const auto& word : draft.states)
        output.states.insert(state_words().at(word));
    for (const auto& word : draft.kinds)
        output.kinds.insert(kind_words().at(word));
    return output;
}

Result<Request> finish_peers(const Draft& draft, bool is_list) {
    PeersRequest request;
    request.is_list = is_list;
    request.texts = draft.targets;
    request.output = finish(draft);
    request.look.source = sources.at(draft.source);
    request.look.verify = draft.verify;
    request.look.kinds = request.output.kinds;
    if (draft.stuck) {
        auto patience = draft.stuck_after ? parse_patience(*draft.stuck_after) : Patience{};
        if (!patience)
            return std::unexpected(patience.error());
        request.output.stuck = *patience;
        if (request.look.kinds.empty())
            request.look.kinds = {Kind::unix_socket, Kind::tcp}; // what there are reasons for
    }
    for (const auto& text : draft.targets) {
        auto target = query::parse_target(text);
        if (!target)
            return std::unexpected(target.error());
        request.targets.push_back(std::move(*target));
    }
    return request;
}

Result<Request> finish_path(const Draft& draft) {
    auto target = query::parse_target(draft.targets.front());
    if (!target)
        return std::unexpected(target.error());
    PathRequest request;
    request.target = std::move(*target);
    request.text = draft.targets.front();
    request.look.source = sources.at(draft.source);
    request.format = path_formats.at(draft.format);
    request.addresses = draft.output.addresses;
    if (const auto seconds = observation_in(draft.observe))
        request.observe.emplace(*seconds);
    return request;
}

// A target without a verb means `who`; a word that is to become a verb is not taken for a target.
Result<void> supply_verb(std::vector<std::string>& arguments) {
    if (arguments.empty())
        return std::unexpected(Error{ErrorClass::usage,
                                     "nothing asked: try 'otherend list', 'otherend who TARGET' "
                                     "or 'otherend --help'"});
    const auto& first = arguments.front();
    if (std::ranges::find(planned, first) != planned.end())
        return std::unexpected(
            Error{ErrorClass::usage,
                  fmt::format("'{}' is not in this version; there are: {}", first, fmt::join(verbs, ", "))});
    const bool global = first == "-h" || first == "--help" || first == "--version";
    if (!global && std::ranges::find(verbs, first) == verbs.end())
        arguments.insert(arguments.begin(), "who");
    return {};
}

// CLI11 says some errors in two lines.
std::string one_line(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    return text;
}

} // namespace

Result<Request> parse_request(std::vector<std::string> arguments) {
    if (auto supplied = supply_verb(arguments); !supplied)
        return std::unexpected(supplied.error());

    Draft draft;
    CLI::App app{"Who is on the other end of a socket, terminal or pipe", "otherend"};
    app.set_version_flag("--version", "otherend " OTHEREND_VERSION);
    app.footer(
        "A target without a verb means who: otherend 4242\n\n"
        "Exit status: 0 found, 1 nothing found or the peer is unknown, 2 usage, 3 not permitted, 4 the kernel "
        "lacks it");
    app.require_subcommand(1);
    auto& who = *app.add_subcommand("who", "What is on the other end of each target");
    auto& list = *app.add_subcommand("list", "Every endpoint with its peer");
    auto& path = *app.add_subcommand("path", "The whole way through relays to the final ends");
    auto& doctor = *app.add_subcommand("doctor", "What this kernel and these privileges allow");
    who.add_option("TARGET", draft.targets, "What to look up")->required();
    list.add_option("TARGET", draft.targets, "Only endpoints of these");
    for (auto* verb : {&who, &list})
        add_peer_options(*verb, draft);
    add_stuck_options(list, draft);
    add_columns_help(who, who_examples);
    add_columns_help(list, list_examples);
    add_path_options(path, draft);
    add_output_options(doctor, draft);
    doctor.footer(doctor_examples);

    std::ranges::reverse(arguments); // as CLI11 wants it
    try {
        app.parse(arguments);
    } catch (const CLI::CallForHelp&) {
        return HelpRequest{app.help()};
    } catch (const CLI::CallForVersion&) {
        return HelpRequest{app.version() + "\n"};
    } catch (const CLI::ParseError& error) {
        return std::unexpected(Error{ErrorClass::usage, escape(one_line(error.what()))});
    }
    if (doctor.parsed())
        return DoctorRequest{finish(draft)};
    if (path.parsed())
        return finish_path(draft);
    return finish_peers(draft, list.parsed());
}

} // namespace otherend::cli

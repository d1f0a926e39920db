// SPDX-License-Identifier: MIT
#include "render/csv_printer.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

using namespace otherend;
using namespace otherend::render;
using namespace otherend::render::samples;
using namespace std::string_literals;

namespace {

std::string csv(const std::vector<Endpoint>& endpoints, std::initializer_list<std::string_view> names) {
    Options options{.format = Format::csv};
    for (const auto name : names)
        options.columns.push_back(find_column(name));
    std::ostringstream out;
    const auto printer = make_printer(out, options, {});
    for (const Endpoint& endpoint : endpoints)
        printer->endpoint(endpoint);
    printer->finish({});
    return out.str();
}

std::string field(std::string_view text) {
    std::string out;
    append_csv_field(out, text);
    return out;
}

} // namespace

TEST(Csv, QuotesAsRfc4180Asks) {
    EXPECT_EQ(field(""), ",");
    EXPECT_EQ(field("plain text"), "plain text,");
    EXPECT_EQ(field("a,b"), "\"a,b\",");
    EXPECT_EQ(field("say \"hi\""), "\"say \"\"hi\"\"\",");
    EXPECT_EQ(field("a\r\nb"), "\"a\r\nb\",");
}

TEST(Csv, NamesTheColumnsEvenWhenEmpty) {
    EXPECT_EQ(csv({}, {"inode", "peer_name"}), "inode,peer_name\r\n");
}

TEST(Csv, WritesALinePerRow) {
    EXPECT_EQ(csv({datagram_server(), Endpoint{}}, {"inode", "peer_inode", "peer_name"}),
              "inode,peer_inode,peer_name\r\n"
              "500,501,\r\n"
              "500,502,@cron\r\n"
              "500,503,\r\n"
              ",,\r\n");
}

TEST(Csv, RepeatsAColumnThatIsNamedTwice) {
    EXPECT_EQ(csv({accepted()}, {"fd", "fd"}), "fd,fd\r\n9,9\r\n");
}

TEST(Csv, JoinsSeveralValuesAndKeepsThemApart) {
    Endpoint endpoint;
    endpoint.holders = {held("a;b", 1, 5), held("c,d", 2, 6)};
    EXPECT_EQ(csv({endpoint}, {"pid", "comm", "holders"}), "pid,comm,holders\r\n"
                                                           "1;2,\"a\\x3bb;c,d\",\"a\\x3bb 1/5;c,d 2/6\"\r\n");
}

TEST(Csv, NeverHoldsALineBreakInAField) {
    Endpoint endpoint;
    endpoint.name = "\0evil\r\n1,2,3\t"s;
    EXPECT_EQ(csv({endpoint}, {"name", "inode"}), "name,inode\r\n\"@evil\\x0d\\n1,2,3\\t\",\r\n");
}

#include <set>
#include <sstream>

#include "tests/connectors/http/test_server.hpp"

using namespace daybook;
using namespace daybook::http;

namespace {

bool has_line(const std::string& text, const std::string& line) {
    return text.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("figures stand in families with HELP and TYPE, each sample once") {
    const TestServer server;
    CHECK(server.post(party("A")).status == 200);
    CHECK(server.post("{").status == 400);
    CHECK(server.get("/healthz").status == 200);
    CHECK(server.get("/nothing").status == 404);
    const ClientAnswer answer = server.get("/metrics");
    CHECK(answer.headers.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    const std::string& text = answer.body;
    const std::string commands =
        R"(daybook_http_requests_total{route="/v1/books/{book}/commands",)";
    CHECK(has_line(text, commands + R"(method="POST",code="200"} 1)"));
    CHECK(has_line(text, commands + R"(method="POST",code="400"} 1)"));
    CHECK(has_line(text, R"(test_end{book="acme"} 1)"));
    CHECK(has_line(text, "# TYPE daybook_http_request_seconds histogram"));

    std::set<std::string> samples;
    std::string family;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# HELP ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            CHECK(line.size() > 7 + family.size() + 1);
        } else if (!line.starts_with("# TYPE " + family + " ")) {
            CHECK(line.starts_with(family));
            CHECK(samples.insert(line.substr(0, line.rfind(' '))).second);
        }
    }
}

TEST_CASE("a histogram's buckets add up, and nanoseconds are shown as seconds") {
    static constexpr std::uint64_t bounds[] = {1'000'000, 2'500'000'000};
    MetricsText text;
    text.describe("x", MetricsText::Kind::histogram, "Something.");
    text.histogram_seconds(
        "x", {{"a", "b\"c"}}, {.bounds = bounds, .counts = {1, 2, 4}, .sum = 3'000'000'001}
    );
    CHECK(
        text.text() ==
        "# HELP x Something.\n# TYPE x histogram\n"
        "x_bucket{a=\"b\\\"c\",le=\"0.001\"} 1\nx_bucket{a=\"b\\\"c\",le=\"2.5\"} 3\n"
        "x_bucket{a=\"b\\\"c\",le=\"+Inf\"} 7\nx_sum{a=\"b\\\"c\"} 3.000000001\n"
        "x_count{a=\"b\\\"c\"} 7\n"
    );
}

// A request and its answer as values, free of the library that reads and writes them.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace daybook::http {

enum class Method : unsigned char { get, head, post, other };

struct Request {
    Method method = Method::get;
    std::string method_text;        // "GET"
    std::string target;             // As it came: "/v1/books?x=1"
    std::vector<std::string> path;  // Decoded: {"v1", "books"}
    std::map<std::string, std::string, std::less<>>
        query;  // Decoded; of a name given twice the last.
    std::map<std::string, std::string, std::less<>> headers;  // Names in lower case.
    std::string body;

    // "" for a header that is not there; the name in lower case.
    [[nodiscard]] std::string_view header(std::string_view name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view{} : std::string_view{found->second};
    }
    [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const {
        const auto found = query.find(name);
        if (found == query.end()) return std::nullopt;
        return std::string_view{found->second};
    }
};

// An answer that is made while it is being sent. Asked on one of the workers' threads, one call at
// a time; destroyed on any thread.
class BodyStream {
 public:
    struct Piece {
        std::string text;      // Empty: nothing for now, ask again a little later.
        bool is_last = false;  // Nothing comes after it.
    };
    virtual ~BodyStream() = default;
    // An Error breaks the connection off, so that the other end sees that something is missing.
    [[nodiscard]] virtual Result<Piece> next() = 0;
};

struct Response {
    int status = 200;
    std::string type;  // Of the content: "application/json"
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::unique_ptr<BodyStream> stream;  // If there, it is the body.
    std::string_view route;              // For metrics: "/v1/books/{book}". Valid for ever.
};

// Gives the answer; called once, on any thread. What is given after the server has answered for
// itself, because it took too long, is thrown away.
using Respond = std::function<void(Response)>;

class Handler {
 public:
    virtual ~Handler() = default;
    // On one of the server's threads: be quick, answer later. Does not throw.
    virtual void handle(Request request, Respond respond) = 0;
};

// The path and query of a request target in origin form, decoded; invalid for anything else.
struct Target {
    std::vector<std::string> path;
    std::map<std::string, std::string, std::less<>> query;
};
[[nodiscard]] Result<Target> parse_target(std::string_view target);

}  // namespace daybook::http

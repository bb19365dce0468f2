// JSON into the FlatBuffer of a command, or an Error that names the place in the JSON. The bytes
// depend only on the values: the order of keys and the spaces do not matter.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "engine/base/pack.hpp"
#include "engine/base/result.hpp"
#include "engine/codec/layout.hpp"

namespace daybook::codec {

struct ReaderOptions {
    std::size_t json_bytes_max = 0;
    std::size_t payload_bytes_max = 0;
    bool accepts_texts_for_numbers = false;
};

// A command's envelope and where its body stands. The texts are valid until the next call.
struct Envelope {
    std::string_view id;
    std::string_view actor;
    std::string_view trace;
    std::string_view command;
    std::optional<std::uint32_t> expected_version;
};

// Used by one thread.
class JsonReader {
 public:
    explicit JsonReader(const ReaderOptions& options);
    JsonReader(JsonReader&&) noexcept;
    JsonReader& operator=(JsonReader&&) noexcept;
    ~JsonReader();

    // Parses the JSON of a whole command; body() then makes its bytes.
    [[nodiscard]] Result<Envelope> open_command(std::string_view json);
    // Parses the JSON of a body alone.
    [[nodiscard]] Result<void> open_body(std::string_view json);
    // The CommandRecord whose member has that number in the union.
    [[nodiscard]] Result<Bytes> body(const Choices& commands, std::size_t member);

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace daybook::codec

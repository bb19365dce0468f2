// A text of one line each, so that a person can read it.
#include "connectors/kafka/origin.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <span>

#include "connectors/kafka/headers.hpp"

namespace daybook::kafka {
namespace {

constexpr std::uint64_t origin_bytes_max = 64 * 1024;
constexpr std::string_view first_line = "daybook-origin 1";

std::optional<std::string> read_text(FileSystem& files, const std::string& path) {
    const auto file = files.open(path, OpenMode::read);
    if (!file.ok()) return std::nullopt;
    const auto bytes = file.value()->size();
    if (!bytes.ok() || bytes.value() > origin_bytes_max) return std::nullopt;
    std::string text(static_cast<std::size_t>(bytes.value()), '\0');
    const auto count = file.value()->read_at(std::as_writable_bytes(std::span{text}), 0);
    if (!count.ok() || count.value() != text.size()) return std::nullopt;
    return text;
}

using Lines = std::map<std::string, std::string, std::less<>>;

std::optional<Lines> parse_lines(std::string_view text) {
    Lines lines;
    bool is_ours = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;  // Its last line was cut.
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line == first_line) is_ours = true;
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        lines[std::string{line.substr(0, space)}] = std::string{line.substr(space + 1)};
    }
    if (!is_ours || !lines.contains("end")) return std::nullopt;
    return lines;
}

std::string text_of(const Lines& lines, std::string_view name) {
    const auto found = lines.find(name);
    return found == lines.end() ? std::string{} : found->second;
}

std::optional<std::uint64_t> number_of(const Lines& lines, std::string_view name) {
    const std::string text = text_of(lines, name);
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || last != end || error != std::errc{}) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Origin> load_origin(FileSystem& files, const std::string& folder) {
    const auto text = read_text(files, fmt::format("{}/{}", folder, origin_name));
    if (!text) return std::nullopt;
    const auto lines = parse_lines(*text);
    if (!lines) return std::nullopt;
    const auto offset = number_of(*lines, "offset");
    const auto term = number_of(*lines, "term");
    const auto position = number_of(*lines, "position");
    const auto chain = parse_hash(text_of(*lines, "chain"));
    if (!offset || !term || !position || !chain) return std::nullopt;
    return Origin{
        .place = text_of(*lines, "place"),
        .cluster = text_of(*lines, "cluster"),
        .pinned = text_of(*lines, "pinned"),
        .offset = *offset,
        .tip = {.term = *term, .next = *position, .chain = *chain},
        .last = parse_hash(text_of(*lines, "last")),
        .claim = number_of(*lines, "claim")};
}

Result<void> store_origin(FileSystem& files, const std::string& folder, const Origin& origin) {
    std::string text = fmt::format(
        "{}\nplace {}\ncluster {}\noffset {}\nterm {}\nposition {}\nchain {}\n",
        first_line,
        origin.place,
        origin.cluster,
        origin.offset,
        origin.tip.term,
        origin.tip.next,
        hex(origin.tip.chain)
    );
    if (!origin.pinned.empty()) text += fmt::format("pinned {}\n", origin.pinned);
    if (origin.last) text += fmt::format("last {}\n", hex(*origin.last));
    if (origin.claim) text += fmt::format("claim {}\n", *origin.claim);
    text += "end .\n";
    const std::string path = fmt::format("{}/{}", folder, origin_name);
    const std::string fresh = path + ".new";
    {
        DAYBOOK_TRY(const auto file, files.open(fresh, OpenMode::create));
        DAYBOOK_TRY_VOID(file->resize(0));
        DAYBOOK_TRY_VOID(file->write_at(std::as_bytes(std::span{text}), 0));
        DAYBOOK_TRY_VOID(file->sync());
    }
    DAYBOOK_TRY_VOID(files.rename(fresh, path));
    return files.sync_folder(folder);
}

}  // namespace daybook::kafka

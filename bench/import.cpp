// How fast a company's file comes in, end to end: the half million lines of Online Retail are read,
// become parties, items, invoices and credit notes, are decided and booked, and are on the disk.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "bench/harness.hpp"
#include "connectors/files/importer.hpp"
#include "connectors/files/mapping.hpp"
#include "engine/engine.hpp"
#include "engine/log/segment_log.hpp"
#include "engine/os/clock.hpp"
#include "tests/support/temp_folder.hpp"

namespace daybook::bench {
namespace {

struct Desk {
    TempFolder folder;
    PosixFileSystem files;
    SystemRandom random;
    SystemClock clock;
    std::unique_ptr<SegmentLog> log =
        std::move(
            SegmentLog::open(files, random, {.folder = folder.path() + "/log", .create = true})
        )
            .value();
    Engine engine = std::move(Engine::open(*log, {.clock = &clock})).value();
};

files::Mapping online_retail() {
    const std::string path = DAYBOOK_SOURCE_DIR "/connectors/files/mappings/online_retail.map";
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    auto mapping = files::parse_mapping(text.str(), path);
    DAYBOOK_ASSERT(mapping.ok());
    return std::move(mapping).value();
}

std::string data_folder() {
    const char* given = std::getenv("DAYBOOK_DATA");
    const std::string root = given != nullptr ? given : DAYBOOK_SOURCE_DIR "/../shared/data";
    return root + "/online_retail_I";
}

// Lines that came in or were reported; `stop_after` ends the import at that many.
std::uint64_t import(Desk& desk, const files::Submit& submit, std::uint64_t stop_after) {
    std::uint64_t lines = 0;
    files::ImportOptions options{
        .folder = data_folder(),
        .error_path = desk.folder.path() + "/errors.csv",
        .actor = id_from_code("bench")};
    options.progress = [&](const files::ImportProgress& progress) { lines = progress.rows; };
    options.stop = [&] { return lines >= stop_after; };
    const auto summary = files::run_import(online_retail(), submit, options);
    DAYBOOK_ASSERT(summary.ok() && !summary.value().failure);
    const files::RowCounts rows = summary.value().rows();
    return rows.imported + rows.reported;
}

void run(std::uint64_t stop_after) {
    if (!std::filesystem::is_directory(data_folder())) {
        fmt::print("skipped: there is no {}\n", data_folder());
        return;
    }
    std::uint64_t lines = 0;
    std::uint64_t events = 0;
    const auto checked = sorted_runs([&] {
        Desk desk;
        lines = import(desk, files::check_only(), stop_after);
    });
    print_rate("lines, checked only", lines, checked);
    const auto stored = sorted_runs([&] {
        Desk desk;
        const files::Submit submit = [&](CommandMessage message, AnswerCallback callback) {
            return desk.engine.submit(std::move(message), std::move(callback));
        };
        lines = import(desk, submit, stop_after);
        events = desk.engine.end();
    });
    print_rate("lines, on the disk", lines, stored);
    fmt::print("{} lines, {} events, peak memory {} MiB\n", lines, events, peak_memory_mib());
}

}  // namespace
}  // namespace daybook::bench

int main(int count, char** arguments) {
    daybook::bench::run(daybook::bench::option(count, arguments, "--events", 541'909));
}

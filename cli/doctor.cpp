#include "cli/doctor.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "cli/answers.hpp"
#include "cli/doctor_kafka.hpp"
#include "cli/records.hpp"
#include "cli/wiring.hpp"
#include "connectors/http/client.hpp"

namespace daybook::cli {
namespace {

constexpr std::uint64_t free_bytes_warned = std::uint64_t{5} << 30;
constexpr std::uint64_t free_bytes_needed = std::uint64_t{1} << 30;
constexpr std::uint64_t files_open_warned = 4'096;
constexpr std::int64_t clock_error_warned_us = 500'000;
constexpr std::uint64_t lag_events_warned = 100'000;

struct DoctorOptions {
    std::vector<std::string> books;
    std::string log;
    std::string data;
    std::string url;
    bool probe = false;
};

const char* name_of(Health health) {
    switch (health) {
        case Health::ok: return "ok";
        case Health::warning: return "warning";
        case Health::problem: return "problem";
    }
    return "?";
}

// ---- This computer ------------------------------------------------------------------------------

void check_disk(Checks& checks, const std::string& folder) {
    const std::string what = "disk of " + folder;
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) {
        checks.push_back(
            {what, Health::problem, "it cannot be looked at", "make the folder, or name another"}
        );
        return;
    }
    const std::uint64_t bytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::string found = fmt::format("{} MiB are free", bytes >> 20);
    if (bytes < free_bytes_needed) {
        checks.push_back(
            {what, Health::problem, found, "free space: a full disk stops writing, at 1 GiB soon"}
        );
    } else if (bytes < free_bytes_warned) {
        checks.push_back({what, Health::warning, found, "have 5 GiB free, or watch it"});
    } else {
        checks.push_back({what, Health::ok, found, ""});
    }
}

void check_permissions(Checks& checks, const std::string& folder) {
    const std::string what = "permissions of " + folder;
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) == 0) {
        checks.push_back({what, Health::ok, "read and write", ""});
        return;
    }
    checks.push_back(
        {what,
         Health::problem,
         "this user may not read and write it",
         fmt::format("chown -R the user that serves {}", folder)}
    );
}

void check_file_limit(Checks& checks) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const std::string found = fmt::format("{} files may be open", limit.rlim_cur);
    if (limit.rlim_cur >= files_open_warned) {
        checks.push_back({"file limit", Health::ok, found, ""});
        return;
    }
    checks.push_back(
        {"file limit",
         Health::warning,
         found,
         fmt::format("ulimit -n {}, or LimitNOFILE= of the service", files_open_warned)}
    );
}

void check_clock(Checks& checks) {
    timex state{};
    const int answer = ::adjtimex(&state);
    if (answer == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        checks.push_back(
            {"clock",
             Health::warning,
             "nothing keeps it in step with others",
             "run chrony or systemd-timesyncd: recording times of nodes should agree"}
        );
        return;
    }
    const std::int64_t error_us = state.esterror;
    const Health health = error_us > clock_error_warned_us ? Health::warning : Health::ok;
    checks.push_back(
        {"clock",
         health,
         fmt::format("in step, off by about {} us", error_us),
         health == Health::ok ? "" : "look at the time servers of chrony or systemd-timesyncd"}
    );
}

void check_folder(Checks& checks, const std::string& folder) {
    check_disk(checks, folder);
    check_permissions(checks, folder);
}

// ---- A book of this computer --------------------------------------------------------------------

void check_book(Checks& checks, const Session& session, const std::string& folder) {
    const auto book = Book::open(place_of(session, folder), Access::read);
    const std::string what = "book " + folder;
    if (!book.ok()) {
        checks.push_back({what, Health::problem, book.error().message, "name a book's folder"});
        return;
    }
    checks.push_back({what, Health::ok, fmt::format("{} events", book.value()->log().end()), ""});
}

// ---- A server that runs -------------------------------------------------------------------------

// The numbers after each "lag_events": of a server's list of books.
std::uint64_t greatest_lag(std::string_view json) {
    constexpr std::string_view member = "\"lag_events\": ";
    std::uint64_t greatest = 0;
    for (std::size_t at = json.find(member); at != std::string_view::npos;
         at = json.find(member, at + 1)) {
        std::uint64_t lag = 0;
        const std::string_view rest = json.substr(at + member.size());
        std::from_chars(rest.data(), rest.data() + rest.size(), lag);
        greatest = std::max(greatest, lag);
    }
    return greatest;
}

void check_server(Checks& checks, const std::string& url) {
    const std::string what = "server " + url;
    auto client = http::Client::open(url, {});
    const auto fail = [&](const Error& error) {
        checks.push_back({what, Health::problem, error.message, "look whether it runs"});
    };
    if (!client.ok()) return fail(client.error());
    const auto ready = client.value()->send({.target = "/readyz", .headers = {}, .body = {}});
    if (!ready.ok()) return fail(ready.error());
    if (ready.value().status != 200) {
        checks.push_back({what, Health::problem, ready.value().body, "as the answer says"});
    } else {
        checks.push_back({what, Health::ok, "ready", ""});
    }
    const auto books = client.value()->send({.target = "/v1/books", .headers = {}, .body = {}});
    if (!books.ok()) return fail(books.error());
    const std::uint64_t lag = greatest_lag(books.value().body);
    const bool is_late = lag > lag_events_warned;
    checks.push_back(
        {what + ": rows",
         is_late ? Health::warning : Health::ok,
         fmt::format("at most {} events behind", lag),
         is_late ? "wait; if it grows, the disk or the processor is too slow" : ""}
    );
}

// ---- All together -------------------------------------------------------------------------------

void print(const Session& session, const Checks& checks) {
    if (session.wants_records()) {
        boost::json::array records;
        for (const Check& check : checks) {
            records.push_back({
                {"check", check.what},
                {"health", name_of(check.health)},
                {"found", check.found},
                {"change", check.change},
            });
        }
        print_records(session, {"check", "health", "found", "change"}, records);
        return;
    }
    for (const Check& check : checks) {
        session.terminal->out(
            fmt::format("{:<8} {}: {}\n", name_of(check.health), check.what, check.found)
        );
        if (!check.change.empty())
            session.terminal->out(fmt::format("         {}\n", check.change));
    }
}

ExitCode doctor(const Session& session, const DoctorOptions& options) {
    Checks checks;
    check_clock(checks);
    check_file_limit(checks);
    if (!options.data.empty()) check_folder(checks, options.data);
    if (!options.log.empty()) {
        const KafkaQuestion question{
            .log = options.log, .books = options.books, .probe = options.probe};
        const Result<void> looked = check_kafka(checks, session, question);
        if (!looked.ok()) return session.fail(looked.error());
    } else if (options.url.empty() || !options.books.empty()) {
        const std::vector<std::string> here = {session.options.book};
        for (const std::string& folder : options.books.empty() ? here : options.books) {
            check_book(checks, session, folder);
            check_folder(checks, folder);
        }
    }
    if (!options.url.empty()) check_server(checks, options.url);
    print(session, checks);
    const auto found =
        std::ranges::count_if(checks, [](const Check& c) { return c.health != Health::ok; });
    session.terminal->say(fmt::format("{} checks, {} findings", checks.size(), found));
    return found == 0 ? ExitCode::ok : ExitCode::findings;
}

}  // namespace

void add_doctor(CLI::App& program, Session& session) {
    auto& options = session.keep<DoctorOptions>();
    CLI::App* command =
        program.add_subcommand("doctor", "Look at what may fail one day, and say what to change");
    command->add_option(
        "books", options.books, "Folders of books; with --log names, by default all that are there"
    );
    command->add_option("--log", options.log, "kafka://host:port[,host:port][/environment]");
    command->add_flag(
        "--probe",
        options.probe,
        "Append a record beside the books, too: may we, how long does it take, what time is it"
    );
    command->add_option("--data", options.data, "The folder where a node keeps its copies");
    command->add_option("--url", options.url, "A server that runs: is it ready, do its rows lag");
    command->footer(
        "Examples:\n  daybook doctor acme\n"
        "  daybook doctor --log kafka://10.0.0.5:9092 --data /var/lib/daybook --json\n"
    );
    set_run(*command, session, [&] { return doctor(session, options); });
}

}  // namespace daybook::cli

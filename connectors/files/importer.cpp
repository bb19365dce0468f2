// An import, pass by pass. This thread reads files, makes commands and counts; the engine's thread
// decides them and puts its answers into a box that this thread empties.

#include "connectors/files/importer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <fstream>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "connectors/files/answers.hpp"
#include "connectors/files/command_writer.hpp"
#include "connectors/files/documents.hpp"
#include "connectors/files/error_file.hpp"
#include "connectors/files/mapping_check.hpp"
#include "connectors/files/undone.hpp"
#include "engine/base/checksum.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::files {

struct DocumentTotal {
    std::size_t total = 0;  // In Pass::totals.
    std::string by;
    Exact value;
};

// A document from its first command until its last answer.
struct PendingDocument {
    Document document;
    std::size_t pass = 0;  // Among those that are walked together.
    std::vector<DocumentTotal> totals;
    std::vector<std::size_t> rows_held;  // By report rule: the rows for which it holds.
    std::size_t fitting = 0;             // Commands of the mapping that belong to it.
    bool is_sent = false;                // All that can be sent of it is.
    std::size_t outstanding = 0;         // Sent and not answered.
    std::size_t accepted = 0;            // Answered yes, and not by an earlier import.
    bool is_left_out = false;            // The mapping says so.
    bool is_unfinished = false;          // The book could not answer.
    std::optional<Problem> problem;
    std::optional<std::size_t> culprit;  // The row that has the problem, if one has.
};

namespace {

constexpr std::size_t command_bytes_max = std::size_t{8} << 20;
constexpr std::size_t reasons_max = 50;
constexpr std::size_t aliases_max = 1'000;
constexpr std::string_view other_reasons = "other reasons";

// What all passes of an import share.
struct Run {
    Codec& codec;
    const Submit& submit;
    const ImportOptions& options;
    Undone undone;
    ImportSummary summary;
    std::uint64_t rows = 0;  // As ImportProgress says.
    std::uint64_t rows_total = 0;
    std::unordered_set<Id> once;  // Commands that are sent once, by what they are once for.
    Answers answers;
    std::size_t in_flight = 0;
    std::vector<ArrivedAnswer> arrived;
    std::function<void(std::span<const ArrivedAnswer>)> deliver;  // To the passes they are for.

    [[nodiscard]] bool is_over() const { return summary.is_stopped || summary.failure; }

    void receive(bool waits) {
        DAYBOOK_ASSERT(!waits || in_flight > 0);
        answers.take(arrived, waits);
        DAYBOOK_ASSERT(in_flight >= arrived.size());
        in_flight -= arrived.size();
        if (!arrived.empty()) deliver(arrived);
    }
};

// Of a command's body, which has been found to be one.
Result<Id> party_of(std::string_view body) {
    const boost::json::value value = boost::json::parse(body);
    return parse_id(std::string{value.at("party").as_string()});
}

class PassImport {
 public:
    // `place` is its own among the passes that are walked together.
    PassImport(Run& run, std::unique_ptr<PassReader> reader, std::size_t place)
        : run_(run),
          own_reader_(std::move(reader)),
          reader_(*own_reader_),
          place_(place),
          identity_(run.options.identity.empty() ? reader_.file().name : run.options.identity),
          errors_(error_path(), reader_.file()) {
        summary_.name = reader_.pass().name;
        summary_.file = reader_.file().path;
        for (const CommandTemplate& command : reader_.pass().commands) {
            counts_.push_back(&summary_.commands[command.name]);
        }
    }

    // Reads the next document ahead; none at the end.
    Result<const Document*> ahead() {
        if (!ahead_) {
            DAYBOOK_TRY(ahead_, reader_.next());
        }
        return ahead_ ? &*ahead_ : nullptr;
    }
    void begin_ahead() {
        begin(std::move(*ahead_));
        ahead_.reset();
    }
    void take(const ArrivedAnswer& arrived);
    void retire();
    // When all answers are there.
    Result<PassSummary> finish() {
        retire();
        DAYBOOK_ASSERT(pending_.empty());
        const RowCounts& rows = summary_.rows;
        DAYBOOK_ASSERT(
            rows.read ==
            rows.imported + rows.imported_earlier + rows.reported + rows.left_out + rows.not_reached
        );
        DAYBOOK_TRY(summary_.error_file, errors_.finish());
        report_progress();
        return std::move(summary_);
    }

 private:
    struct Made {
        std::size_t command;
        CommandMessage message;
    };
    struct Place {
        std::size_t row;           // In the document.
        std::uint32_t occurrence;  // Documents with its key that came before.
    };

    [[nodiscard]] std::string error_path() const;
    void begin(Document document);
    void check_row(PendingDocument& pending, std::size_t row);
    void check_reports(PendingDocument& pending, std::size_t row);
    void check_joins(PendingDocument& pending, std::size_t row);
    void add_totals(PendingDocument& pending);
    void make_commands(PendingDocument& pending);
    void make_command(PendingDocument& pending, std::size_t index, Place place);
    [[nodiscard]] Result<CommandMessage> command_of(
        const std::string& name, const CommandDefaults& defaults
    );
    [[nodiscard]] Id command_id(
        const CommandTemplate& command, const Document& document, const Place& place
    );
    void send(PendingDocument& pending, Made made);
    void count(const PendingDocument& pending);
    void report_progress() const;
    [[nodiscard]] std::uint32_t occurrence_of(const Document& document);

    static void fail(
        PendingDocument& pending, Problem problem, std::optional<std::size_t> row = std::nullopt
    ) {
        if (pending.problem) return;
        pending.problem = std::move(problem);
        pending.culprit = row;
    }

    Run& run_;
    std::unique_ptr<PassReader> own_reader_;
    PassReader& reader_;
    std::size_t place_;
    std::optional<Document> ahead_;
    std::string identity_;
    PassSummary summary_;
    ErrorFile errors_;
    std::vector<CommandCounts*> counts_;  // By command of the pass.
    std::deque<std::unique_ptr<PendingDocument>> pending_;
    std::unordered_map<Id, std::uint32_t> occurrences_;  // How often a key came.
    std::vector<Id> once_of_document_;
    std::vector<Made> made_;
    std::string text_;
    std::string body_;
};

std::string PassImport::error_path() const {
    const std::string& path = run_.options.error_path;
    if (path.empty() || reader_.mapping().passes.size() == 1) return path;
    const std::size_t folder_end = path.rfind('/') + 1;
    const std::size_t dot = path.rfind('.');
    const std::size_t at = dot == std::string::npos || dot < folder_end ? path.size() : dot;
    return path.substr(0, at) + "." + reader_.pass().name + path.substr(at);
}

void PassImport::begin(Document document) {
    if (reader_.pass().source) {
        summary_.rows.read += document.rows.size();
        run_.rows += document.rows.size();
    }
    ++summary_.documents.read;
    pending_.push_back(std::make_unique<PendingDocument>());
    PendingDocument& pending = *pending_.back();
    pending.document = std::move(document);
    pending.pass = place_;
    for (std::size_t row = 0; row < pending.document.rows.size(); ++row) check_row(pending, row);
    made_.clear();
    once_of_document_.clear();
    const bool is_ours = !pending.is_left_out;
    if (!pending.problem && is_ours) make_commands(pending);
    if (!pending.problem && is_ours && pending.fitting == 0) {
        fail(pending, {"no command of the mapping fits it", "add one to the mapping"});
    }
    if (!pending.problem) {
        for (const Id& once : once_of_document_) run_.once.insert(once);
        for (Made& made : made_) send(pending, std::move(made));
    }
    pending.is_sent = true;
    if ((summary_.documents.read & 0xFF) == 0) report_progress();
}

void PassImport::check_row(PendingDocument& pending, std::size_t row) {
    const Document& document = pending.document;
    Evaluator& evaluator = reader_.evaluator();
    evaluator.clear();
    reader_.show(document, row);
    const std::size_t wanted = reader_.file().columns.size();
    const std::size_t found = document.table->field_count(document.rows[row]);
    if (found != wanted) {
        fail(
            pending,
            {fmt::format("the row has {} columns, and the file names {}", found, wanted),
             "quote a field that holds the delimiter, or add what is missing"},
            row
        );
    }
    // Its problem, if it has one, is the row's.
    if (reader_.pass().order) (void)evaluator.evaluate(*reader_.pass().order);
    add_totals(pending);
    check_joins(pending, row);
    check_reports(pending, row);
    if (evaluator.problem()) fail(pending, *evaluator.problem(), row);
}

void PassImport::check_reports(PendingDocument& pending, std::size_t row) {
    Evaluator& evaluator = reader_.evaluator();
    const auto& reports = reader_.pass().reports;
    pending.rows_held.resize(reports.size());
    for (std::size_t i = 0; i < reports.size() && !pending.problem; ++i) {
        const ReportRule& rule = reports[i];
        if (!evaluator.holds(rule.when)) continue;
        const bool is_every = ++pending.rows_held[i] == pending.document.rows.size();
        if (rule.needs_every_row && !is_every) continue;
        if (rule.is_left_out) {
            pending.is_left_out = true;
            return;
        }
        const std::string reason{evaluator.evaluate(rule.reason)};
        const Problem problem{reason, std::string{evaluator.evaluate(rule.remedy)}};
        fail(pending, problem, rule.needs_every_row ? std::nullopt : std::optional{row});
    }
}

void PassImport::check_joins(PendingDocument& pending, std::size_t row) {
    for (const Join& join : reader_.pass().joins) {
        if (!join.is_required || pending.problem || reader_.evaluator().partner(join.source)) {
            continue;
        }
        const std::string key{reader_.evaluator().evaluate(join.value)};
        const std::string& source = reader_.mapping().sources[join.source].name;
        const Expression& value = reader_.mapping().expressions[join.value];
        std::string remedy = fmt::format("add it to {}", source);
        const std::string near = reader_.nearest_key(join, key);
        if (!near.empty() && value.operation == Operation::column) {
            const std::string alias =
                fmt::format("alias {} \"{}\" = \"{}\"", value.text, key, near);
            remedy = "add the line to the mapping: " + alias;
            auto& proposed = summary_.proposed_aliases;
            const bool is_new = std::ranges::find(proposed, alias) == proposed.end();
            if (is_new && proposed.size() < aliases_max) proposed.push_back(alias);
        }
        fail(pending, {fmt::format("\"{}\" is not in {}", key, source), remedy}, row);
    }
}

void PassImport::add_totals(PendingDocument& pending) {
    const auto& totals = reader_.pass().totals;
    for (std::size_t i = 0; i < totals.size(); ++i) {
        const auto value = Exact::parse(reader_.evaluator().evaluate(totals[i].value));
        if (!value) continue;  // The row has a problem, or nothing to add.
        const std::string_view by =
            totals[i].by ? reader_.evaluator().evaluate(*totals[i].by) : std::string_view{};
        auto at = std::ranges::find_if(pending.totals, [&](const DocumentTotal& known) {
            return known.total == i && known.by == by;
        });
        if (at == pending.totals.end()) {
            pending.totals.push_back({i, std::string{by}, Exact{}});
            at = std::prev(pending.totals.end());
        }
        const auto sum = at->value.plus(*value);
        if (sum) at->value = *sum;
    }
}

// How many documents with this key came before: two rows that say the same are two facts.
std::uint32_t PassImport::occurrence_of(const Document& document) {
    text_ = document.key;
    if (text_.empty()) {
        for (std::size_t i = 0; i < document.table->field_count(document.rows.front()); ++i) {
            text_ += document.table->field(document.rows.front(), i);
            text_ += '\n';
        }
    }
    return occurrences_[id_from_text(text_)]++;
}

void PassImport::make_commands(PendingDocument& pending) {
    Evaluator& evaluator = reader_.evaluator();
    evaluator.clear();
    reader_.show(pending.document, 0);
    if (reader_.pass().document && pending.document.key.empty()) {
        fail(pending, {"it has no key that would say which document it is", "fill it in"});
        return;
    }
    const std::uint32_t occurrence = occurrence_of(pending.document);
    const auto& commands = reader_.pass().commands;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const std::size_t rows = commands[i].is_each_row ? pending.document.rows.size() : 1;
        for (std::size_t row = 0; row < rows && !pending.problem; ++row) {
            if (rows > 1) reader_.show(pending.document, row);
            make_command(pending, i, {row, occurrence});
        }
        if (rows > 1) reader_.show(pending.document, 0);
    }
}

void PassImport::make_command(PendingDocument& pending, std::size_t index, Place place) {
    const CommandTemplate& command = reader_.pass().commands[index];
    Evaluator& evaluator = reader_.evaluator();
    const bool fits = !command.when || evaluator.holds(*command.when);
    const std::optional<std::size_t> row =
        command.is_each_row ? std::optional{place.row} : std::nullopt;
    if (fits) ++pending.fitting;
    if (fits && command.once) {
        text_ = command.name;
        text_ += '\n';
        text_ += evaluator.evaluate(*command.once);
        const Id once = id_from_text(text_);
        const auto& others = once_of_document_;
        const bool is_known =
            run_.once.contains(once) || std::ranges::find(others, once) != others.end();
        if (is_known) return;
        once_of_document_.push_back(once);
    }
    if (evaluator.problem()) return fail(pending, *evaluator.problem(), row);
    if (!fits) return;
    body_.clear();
    const auto culprit = append_body(body_, command, {pending.document, place.row}, reader_);
    if (evaluator.problem()) return fail(pending, *evaluator.problem(), culprit ? culprit : row);
    if (!run_.undone.is_empty()) body_ = run_.undone.renamed(command.name, body_);
    const CommandDefaults defaults{
        .id = command_id(command, pending.document, place), .actor = run_.options.actor};
    auto message = command_of(command.name, defaults);
    if (!message) {
        const std::string reason = fmt::format("{}: {}", command.name, message.error().message);
        return fail(pending, {reason, "correct the row, or the mapping"}, row);
    }
    made_.push_back({index, std::move(message).value()});
    made_.back().message.trace = run_.summary.import;
}

// Of the body; a party that an undoing made inactive becomes active again instead.
Result<CommandMessage> PassImport::command_of(
    const std::string& name, const CommandDefaults& defaults
) {
    DAYBOOK_TRY(CommandMessage message, run_.codec.command_of_body(name, body_, defaults));
    if (name != "crm.RegisterParty" || run_.undone.is_empty()) return message;
    DAYBOOK_TRY(const Id party, party_of(body_));
    if (!run_.undone.is_inactive(party)) return message;
    const boost::json::object body{{"party", to_string(party)}};
    return run_.codec.command_of_body(
        "crm.ReactivateParty", boost::json::serialize(body), defaults
    );
}

// By what the command says and where it comes from. What a command is once for does not depend on
// the file that mentions it first.
Id PassImport::command_id(
    const CommandTemplate& command, const Document& document, const Place& place
) {
    const std::string& mapping = reader_.mapping().name;
    text_.clear();
    const auto add = [this](std::string_view part) {
        text_ += part;
        text_ += '\n';
    };
    add(mapping);
    add(command.name);
    if (!command.once) {
        add(identity_);
        add(reader_.pass().name);
        add(document.key);
        add(fmt::format("{} {}", place.occurrence, command.is_each_row ? place.row : 0));
    }
    text_ += body_;
    return run_.undone.command(id_from_text(text_));
}

void PassImport::send(PendingDocument& pending, Made made) {
    if (run_.is_over()) {
        pending.is_unfinished = true;
        return;
    }
    const auto callback = [&answers = run_.answers,
                           document = &pending,
                           command = made.command](const Answer& answer) {
        answers.put({document, command, answer});
    };
    for (;;) {
        while (run_.in_flight >= run_.options.in_flight_max) run_.receive(true);
        const auto sent = run_.submit(made.message, callback);
        if (sent) break;
        const Error& error = sent.error();
        if (error.code == ErrorCode::busy && run_.in_flight > 0) {
            run_.receive(true);
        } else if (error.code == ErrorCode::busy) {
            std::this_thread::yield();  // Others fill the queue.
        } else if (error.code == ErrorCode::invalid || error.code == ErrorCode::too_large) {
            fail(pending, {error.message, "correct the row, or the mapping"});
            return;
        } else {
            pending.is_unfinished = true;
            run_.summary.failure = error;
            return;
        }
    }
    ++run_.in_flight;
    ++pending.outstanding;
    ++counts_[made.command]->sent;
}

void PassImport::take(const ArrivedAnswer& arrived) {
    PendingDocument& pending = *arrived.document;
    const CommandTemplate& command = reader_.pass().commands[arrived.command];
    CommandCounts& counts = *counts_[arrived.command];
    DAYBOOK_ASSERT(pending.outstanding > 0);
    --pending.outstanding;
    const Answer& answer = arrived.answer;
    if (answer.outcome == Answer::Outcome::failed) {
        pending.is_unfinished = true;
        if (!run_.summary.failure) run_.summary.failure = answer.error;
        return;
    }
    if (answer.outcome == Answer::Outcome::accepted) {
        ++counts.accepted;
        if (answer.is_repeated) ++counts.repeated;
        if (!answer.is_repeated) ++pending.accepted;
        return;
    }
    const RefusalReport& refusal = answer.refusal;
    if (std::ranges::find(command.accepts, refusal.rule) != command.accepts.end()) {
        ++counts.known;
        return;
    }
    ++counts.refused;
    std::string reason =
        fmt::format("{} refused: {}.{}", command.name, refusal.module, refusal.rule);
    if (!refusal.reason.at.empty()) reason += fmt::format(" at {}", refusal.reason.at);
    if (!refusal.reason.found.empty()) reason += fmt::format(", found {}", refusal.reason.found);
    if (!refusal.reason.needed.empty()) reason += fmt::format(", needed {}", refusal.reason.needed);
    fail(pending, {reason, "correct the row or the book's settings, and import again"});
}

void PassImport::retire() {
    // The last document's first commands may be answered while its others are still to be sent.
    while (!pending_.empty() && pending_.front()->is_sent && pending_.front()->outstanding == 0) {
        count(*pending_.front());
        pending_.pop_front();
    }
}

void PassImport::count(const PendingDocument& pending) {
    const std::uint64_t rows = reader_.pass().source ? pending.document.rows.size() : 0;
    const auto add = [&](std::uint64_t RowCounts::*which) {
        summary_.rows.*which += rows;
        summary_.documents.*which += 1;
    };
    if (pending.problem) {
        add(&RowCounts::reported);
        errors_.add(pending.document, *pending.problem, pending.culprit);
        const bool is_listed = summary_.reasons.size() < reasons_max ||
                               summary_.reasons.contains(pending.problem->reason);
        ++summary_.reasons[is_listed ? pending.problem->reason : std::string{other_reasons}];
    } else if (pending.is_left_out) {
        add(&RowCounts::left_out);
    } else if (pending.is_unfinished) {
        add(&RowCounts::not_reached);
    } else if (pending.accepted > 0) {
        add(&RowCounts::imported);
    } else {
        add(&RowCounts::imported_earlier);
    }
    for (const DocumentTotal& total : pending.totals) {
        TotalSums& sums = summary_.totals[reader_.pass().totals[total.total].name][total.by];
        sums.read = sums.read.plus(total.value).value_or(sums.read);
        if ((pending.is_unfinished || pending.is_left_out) && !pending.problem) continue;
        Exact& side = pending.problem ? sums.reported : sums.imported;
        side = side.plus(total.value).value_or(side);
    }
}

void PassImport::report_progress() const {
    if (!run_.options.progress) return;
    run_.options.progress({summary_.name, run_.rows, run_.rows_total});
}

// Passes that stand together and have an order are walked as one: always the document that comes
// first of all of them, and of equals that of the earlier pass.
class Walk {
 public:
    explicit Walk(Run& run) : run_(run) {
        run_.deliver = [this](std::span<const ArrivedAnswer> arrived) {
            for (const ArrivedAnswer& each : arrived) passes_[each.document->pass]->take(each);
            for (const auto& pass : passes_) pass->retire();
        };
    }
    ~Walk() { run_.deliver = nullptr; }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    Result<void> add(const Mapping& mapping, const Pass& pass) {
        DAYBOOK_TRY(auto reader, PassReader::open(mapping, pass, run_.options.folder));
        if (pass.source == mapping.passes.front().source) run_.rows_total += reader->row_count();
        passes_.push_back(std::make_unique<PassImport>(run_, std::move(reader), passes_.size()));
        return {};
    }
    Result<void> import() {
        for (;;) {
            if (run_.options.stop && run_.options.stop()) run_.summary.is_stopped = true;
            if (run_.is_over()) break;
            DAYBOOK_TRY(PassImport* const first, next());
            if (first == nullptr) break;
            first->begin_ahead();
            run_.receive(false);
        }
        while (run_.in_flight > 0) run_.receive(true);
        for (const auto& pass : passes_) {
            DAYBOOK_TRY(PassSummary summary, pass->finish());
            run_.summary.passes.push_back(std::move(summary));
        }
        return {};
    }

 private:
    // The pass whose document comes next; null at the end.
    Result<PassImport*> next() {
        PassImport* first = nullptr;
        std::string_view order;
        for (const auto& pass : passes_) {
            DAYBOOK_TRY(const Document* const document, pass->ahead());
            if (document == nullptr || (first != nullptr && document->order >= order)) continue;
            first = pass.get();
            order = document->order;
        }
        return first;
    }

    Run& run_;
    std::vector<std::unique_ptr<PassImport>> passes_;
};

// What tells this import from others of the mapping: the name of its first file.
Result<std::string> identity_of(const Mapping& mapping, const ImportOptions& options) {
    if (!options.identity.empty()) return options.identity;
    for (const Pass& pass : mapping.passes) {
        if (!pass.source) continue;
        DAYBOOK_TRY(
            const SourceFile file, open_source(mapping.sources[*pass.source], options.folder)
        );
        return file.name;
    }
    return mapping.name;
}

// The checksums of a file's blocks, in hex.
Result<std::string> checksums_of(const SourceFile& file) {
    std::ifstream stream{file.path, std::ios::binary};
    std::vector<std::byte> block(std::size_t{1} << 20);
    std::string sums;
    while (stream.good()) {
        stream.read(reinterpret_cast<char*>(block.data()), std::ssize(block));
        const auto count = static_cast<std::size_t>(stream.gcount());
        sums += fmt::format("{:016x}", checksum_64(std::span{block}.first(count)));
    }
    if (stream.eof() && !stream.bad()) return sums;
    return Error{ErrorCode::io, fmt::format("cannot read {}", file.path)};
}

// Every file is read to its end before the first command. A pass reads its own when it is opened,
// so that of the first pass is read then.
class Files {
 public:
    Files(const Mapping& mapping, const std::string& folder)
        : mapping_(mapping),
          folder_(folder),
          is_checked_(mapping.sources.size()),
          rows_(mapping.sources.size()) {}

    // Of the passes that read another file than the first one does.
    [[nodiscard]] std::uint64_t later_rows() const {
        std::uint64_t rows = 0;
        for (const Pass& pass : mapping_.passes) {
            if (pass.source && pass.source != mapping_.passes.front().source) {
                rows += rows_[*pass.source];
            }
        }
        return rows;
    }
    // Answers what they hold, so that other files of the same names are another import.
    Result<std::string> check() {
        for (const Pass& pass : mapping_.passes) {
            if (pass.source)
                DAYBOOK_TRY_VOID(check(*pass.source, &pass != &mapping_.passes.front()));
            for (const Join& join : pass.joins) DAYBOOK_TRY_VOID(check(join.source, true));
        }
        return std::move(contents_);
    }

 private:
    Result<void> check(std::size_t source, bool reads_rows) {
        if (is_checked_[source]) return {};
        is_checked_[source] = true;
        DAYBOOK_TRY(const SourceFile file, open_source(mapping_.sources[source], folder_));
        DAYBOOK_TRY(const std::string sums, checksums_of(file));
        contents_ += sums + "\n";
        if (!reads_rows) return {};
        DAYBOOK_TRY(rows_[source], check_rows(file));
        return {};
    }

    const Mapping& mapping_;
    const std::string& folder_;
    std::vector<bool> is_checked_;     // By source.
    std::vector<std::uint64_t> rows_;  // By source; that of the first pass is not counted.
    std::string contents_;
};

}  // namespace

Submit check_only() {
    return [](const CommandMessage&, const AnswerCallback& callback) -> Result<void> {
        callback(Answer{.outcome = Answer::Outcome::accepted});
        return {};
    };
}

RowCounts ImportSummary::rows() const {
    RowCounts sum;
    for (const PassSummary& pass : passes) {
        sum.read += pass.rows.read;
        sum.imported += pass.rows.imported;
        sum.imported_earlier += pass.rows.imported_earlier;
        sum.reported += pass.rows.reported;
        sum.left_out += pass.rows.left_out;
        sum.not_reached += pass.rows.not_reached;
    }
    return sum;
}

Result<ImportSummary> run_import(
    const Mapping& mapping, const Submit& submit, const ImportOptions& options
) {
    DAYBOOK_ASSERT(options.in_flight_max > 0);
    // Whatever a mapping says is text; the schema knows which of it are numbers.
    Codec codec{
        options.modules,
        {.command_bytes_max = command_bytes_max, .accepts_texts_for_numbers = true}};
    DAYBOOK_TRY_VOID(check_commands(mapping, codec));
    Run run{.codec = codec, .submit = submit, .options = options};
    if (options.log != nullptr) {
        DAYBOOK_TRY(run.undone, Undone::read(*options.log, options.modules));
    }
    DAYBOOK_TRY(const std::string identity, identity_of(mapping, options));
    Files files{mapping, options.folder};
    DAYBOOK_TRY(const std::string contents, files.check());
    run.rows_total = files.later_rows();
    const Id import =
        id_from_text(fmt::format("import\n{}\n{}\n{}", mapping.name, identity, contents));
    run.summary.import = run.undone.import(import);
    run.summary.is_again = run.summary.import != import;
    const auto end = mapping.passes.end();
    for (auto pass = mapping.passes.begin(); pass != end && !run.is_over();) {
        Walk walk{run};
        do {
            DAYBOOK_TRY_VOID(walk.add(mapping, *pass));
        } while (pass++->order && pass != end && pass->order);
        DAYBOOK_TRY_VOID(walk.import());
    }
    return std::move(run.summary);
}

}  // namespace daybook::files

#include "engine/runtime/restore.hpp"

#include <algorithm>

#include "engine/log/merkle.hpp"

namespace daybook {
namespace {

// Calls `use` with page after page from a position to the end.
template <class Use>
Result<void> for_each_page(const Log& log, std::uint64_t from, Use&& use) {
    DAYBOOK_TRY(const auto reader, log.read(from));
    while (true) {
        DAYBOOK_TRY(const std::span<const EventBytes> page, reader->next());
        if (page.empty()) return {};
        DAYBOOK_TRY_VOID(use(page));
    }
}

// Whether the log says the same as the snapshot about the events before it. The log commits only to
// its end; but from the snapshot's chain value the tail must lead to the value there, and no other
// beginning does.
Result<bool> is_of_this_log(const Log& log, const TreeHead& snapshot) {
    const TreeHead head = log.head();
    if (snapshot.size > head.size) return false;
    if (snapshot.size == head.size) return snapshot == head;
    Hasher hasher;
    Hash chain = snapshot.chain;
    DAYBOOK_TRY_VOID(for_each_page(log, snapshot.size, [&](auto page) -> Result<void> {
        for (const EventBytes& event : page) chain = hasher.chain(chain, hasher.leaf(event));
        return {};
    }));
    return chain == head.chain;
}

bool load_body(std::span<const std::byte> body, RestoredBook& into) {
    constexpr std::size_t length_bytes = sizeof(std::uint64_t);
    if (body.size() < length_bytes) return false;
    const auto book_bytes = Unpacker{body}.next<std::uint64_t>();
    body = body.subspan(length_bytes);
    if (book_bytes > body.size()) return false;
    if (!into.book.load(body.first(book_bytes))) return false;
    Unpacker unpacker{body.subspan(book_bytes)};
    into.answers.memory().load(unpacker);
    return unpacker.is_whole() && unpacker.at_end();
}

// Nothing if the snapshot cannot be used, for whatever reason.
std::optional<RestoredBook> load_snapshot(
    const Log& log,
    const EngineOptions& options,
    const SnapshotFolder& snapshots,
    std::uint64_t position
) {
    const auto snapshot = snapshots.read(position);
    if (!snapshot.ok()) return std::nullopt;
    const auto agrees = is_of_this_log(log, snapshot.value().head);
    if (!agrees.ok() || !agrees.value()) return std::nullopt;
    auto book = Book::make(options.modules, options.limits);
    if (!book.ok()) return std::nullopt;
    RestoredBook restored{std::move(book).value(), FirstAnswers{log}, position, position};
    if (!load_body(snapshot.value().body, restored)) return std::nullopt;
    if (restored.book.position() != position) return std::nullopt;
    return restored;
}

}  // namespace

std::optional<SnapshotFolder> snapshots_of(const EngineOptions& options) {
    if (options.files == nullptr) return std::nullopt;
    DAYBOOK_ASSERT(!options.snapshot_folder.empty());
    return std::optional<SnapshotFolder>{
        std::in_place, *options.files, options.snapshot_folder, fingerprint_of(options.modules)};
}

Result<RestoredBook> begin_to_restore(
    const Log& log, const EngineOptions& options, const SnapshotFolder* snapshots
) {
    if (snapshots != nullptr) {
        const auto positions = snapshots->positions();
        for (const std::uint64_t position :
             positions.ok() ? positions.value() : std::vector<std::uint64_t>{}) {
            if (position > log.end()) continue;
            auto restored = load_snapshot(log, options, *snapshots, position);
            if (restored) return std::move(*restored);
        }
    }
    DAYBOOK_TRY(Book book, Book::make(options.modules, options.limits));
    return RestoredBook{std::move(book), FirstAnswers{log}, 0, 0};
}

Result<RestoredBook> restore_book(
    const Log& log, const EngineOptions& options, const SnapshotFolder* snapshots
) {
    DAYBOOK_TRY(RestoredBook restored, begin_to_restore(log, options, snapshots));
    DAYBOOK_TRY_VOID(replay_until(log, options, log.end(), restored));
    return restored;
}

Result<void> replay_until(
    const Log& log, const EngineOptions& options, std::uint64_t end, RestoredBook& restored
) {
    Book& book = restored.book;
    if (book.position() >= end) return {};
    DAYBOOK_TRY(const auto reader, log.read(book.position()));
    while (book.position() < end) {
        DAYBOOK_TRY(const std::span<const EventBytes> page, reader->next());
        DAYBOOK_ASSERT(!page.empty());
        const auto events = page.first(std::min<std::size_t>(page.size(), end - book.position()));
        DAYBOOK_TRY_VOID(book.replay(
            events,
            options.replay_trust,
            [&](const Id& command, std::uint64_t position) {
                restored.answers.note(command, position);
            }
        ));
    }
    return {};
}

Snapshot snapshot_of(const TreeHead& head, const Book& book, const FirstAnswers& answers) {
    Snapshot snapshot{.head = head};
    DAYBOOK_ASSERT(snapshot.head.size == book.position());
    Packer packer{snapshot.body};
    packer.put(std::uint64_t{0});
    book.save(snapshot.body);
    const std::uint64_t book_bytes = snapshot.body.size() - sizeof(std::uint64_t);
    std::memcpy(snapshot.body.data(), &book_bytes, sizeof(book_bytes));
    answers.memory().save(packer);
    return snapshot;
}

}  // namespace daybook

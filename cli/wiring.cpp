#include "cli/wiring.hpp"

#include <fmt/format.h>

#include <utility>

#include "engine/store/rocks_store.hpp"
#include "projections/core/registry.hpp"

namespace daybook::cli {
namespace {

Error no_such_book(const std::string& folder) {
    return Error{
        ErrorCode::not_found,
        fmt::format("there is no book in \"{}\"; start one with: daybook init {}", folder, folder)};
}

}  // namespace

Book::Book(Passkey, std::string folder) : folder_(std::move(folder)), codec_(domain_modules()) {}

Book::~Book() {
    (void)close();
}

Result<std::unique_ptr<Book>> Book::open(std::string folder, Access access) {
    auto book = std::make_unique<Book>(Passkey{}, std::move(folder));
    book->access_ = access;
    const bool exists = book->files_.list(book->folder_ + "/log").ok();
    if (!exists && access != Access::create) return no_such_book(book->folder_);
    if (exists && access == Access::create) {
        return Error{
            ErrorCode::conflict,
            fmt::format("there is a book in \"{}\" already; choose another folder", book->folder_)};
    }
    const SegmentLogOptions options{
        .folder = book->folder_ + "/log",
        .create = access == Access::create,
        .read_only = access == Access::read,
    };
    DAYBOOK_TRY(book->log_, SegmentLog::open(book->files_, book->random_, options));
    return book;
}

Result<Engine*> Book::engine() {
    DAYBOOK_ASSERT(access_ != Access::read);
    if (engine_ == nullptr) {
        EngineOptions options;
        options.clock = &clock_;
        options.files = &files_;
        options.snapshot_folder = folder_ + "/snapshots";
        measured_ = std::make_unique<MeasuredLog>(*log_, clock_, appends_);
        DAYBOOK_TRY(Engine engine, Engine::open(*measured_, options));
        engine_ = std::make_unique<Engine>(std::move(engine));
    }
    return engine_.get();
}

Result<Follower*> Book::follower(const FoldProgress& progress) {
    DAYBOOK_ASSERT(access_ != Access::read);
    if (follower_ == nullptr) {
        DAYBOOK_TRY(store_, RocksStore::open(folder_ + "/rows"));
        DAYBOOK_TRY(
            follower_,
            Follower::open(*log_, *store_, {.projections = registered_projections(), .limits = {}})
        );
    }
    DAYBOOK_TRY_VOID(follower_->catch_up(progress));
    return follower_.get();
}

Result<void> Book::close() {
    if (follower_ != nullptr) DAYBOOK_TRY_VOID(follower_->stop());
    follower_.reset();
    store_.reset();
    if (engine_ == nullptr) return {};
    const Result<void> stopped = engine_->stop();
    engine_.reset();
    return stopped;
}

}  // namespace daybook::cli

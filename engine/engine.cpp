#include "engine/engine.hpp"

#include "engine/runtime/writer.hpp"

namespace daybook {

Engine::Engine(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Engine::Engine(Engine&& other) noexcept = default;
Engine& Engine::operator=(Engine&& other) noexcept = default;
Engine::~Engine() = default;

Result<Engine> Engine::open(Log& log, const EngineOptions& options) {
    DAYBOOK_TRY(auto writer, Writer::open(log, options));
    return Engine{std::move(writer)};
}

Result<void> Engine::submit(CommandMessage command, AnswerCallback callback) {
    return writer_->submit(std::move(command), std::move(callback));
}

Answer Engine::submit_and_wait(CommandMessage command) {
    return writer_->submit_and_wait(std::move(command));
}

Result<void> Engine::submit_batch(std::vector<CommandMessage> commands, AnswerCallback callback) {
    return writer_->submit_batch(std::move(commands), std::move(callback));
}

Answer Engine::submit_batch_and_wait(std::vector<CommandMessage> commands) {
    return writer_->submit_batch_and_wait(std::move(commands));
}

Result<std::unique_ptr<LogReader>> Engine::read(std::uint64_t from) const {
    return writer_->log().read(from);
}

std::uint64_t Engine::wait_beyond(std::uint64_t position, std::chrono::milliseconds timeout) const {
    return writer_->log().wait_beyond(position, timeout);
}

std::uint64_t Engine::end() const {
    return writer_->log().end();
}

Result<void> Engine::take_snapshot() {
    return writer_->run_errand(Errand::snapshot);
}

Result<void> Engine::resume() {
    return writer_->run_errand(Errand::resume);
}

Result<void> Engine::stop() {
    return writer_->stop();
}

std::optional<Error> Engine::write_failure() const {
    return writer_->write_failure();
}

std::size_t Engine::waiting() const {
    return writer_->waiting();
}

std::uint64_t Engine::replayed_from() const {
    return writer_->replayed_from();
}

}  // namespace daybook

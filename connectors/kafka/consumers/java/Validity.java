import daybook.EventHeader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Which records of a topic are events of the book: the rule of topics.md, as a reader needs it. */
final class Validity {
    static final int NODE = 'N' | 'O' << 8 | 'D' << 16 | 'E' << 24;
    static final int BOOK_CLAIMED = 1;

    long term = 0;
    long next = 0;  // The position that the next event takes.
    long skipped = 0;
    private List<ByteBuffer> waiting = new ArrayList<>();  // Of a batch that is not whole yet.

    /** What this record makes certain: nothing, itself, or the batch that it completes. */
    List<ByteBuffer> eventsOf(long recordTerm, ByteBuffer value) {
        EventHeader header = headerOf(value);
        boolean isClaim = header.module() == NODE && header.type() == BOOK_CLAIMED;
        if (isClaim && recordTerm > term) {
            term = recordTerm;
            skipped += waiting.size();
            waiting = new ArrayList<>();
        } else if (isClaim || recordTerm != term) {
            return skip();
        }
        int place = waiting.size();
        if (header.position() != next + place || header.batchIndex() != place) return skip();
        waiting.add(value);
        if (waiting.size() < header.batchCount()) return List.of();
        List<ByteBuffer> whole = waiting;
        waiting = new ArrayList<>();
        next += whole.size();
        return whole;
    }

    private List<ByteBuffer> skip() {
        ++skipped;
        return List.of();
    }

    static EventHeader headerOf(ByteBuffer value) {
        return new EventHeader().__assign(value.position(), value.order(ByteOrder.LITTLE_ENDIAN));
    }
}

package io.mosaik.durable;

import io.mosaik.groups.log.HardState;
import io.mosaik.groups.log.LogStorageException;
import io.mosaik.groups.log.LogWrite;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writes of a log, in segments, the last of which grows. One thread at a time; every method
 * blocks for as long as the disk takes; after an exception none may be called but {@link #close}.
 */
final class Journal implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  private final LogDirectory directory;
  private final int limitBytes;
  private final long incarnation;
  private final List<Segment> segments;
  private SegmentWriter writer;
  private long nextFrame;
  private HardState hardState;
  private long nextIndex;

  private Journal(
      LogDirectory directory, int limitBytes, Replay.Found found, SegmentWriter writer) {
    this.directory = directory;
    this.limitBytes = limitBytes;
    this.writer = writer;
    incarnation = found.incarnation();
    segments = new ArrayList<>(found.segments());
    nextFrame = found.nextFrame();
    hardState = found.content().hardState();
    nextIndex = found.content().nextIndex();
  }

  /** Begins one, in a directory that has none. */
  static Journal begin(LogDirectory directory, int limitBytes, long incarnation) {
    var segment = new Segment(1);
    var head = new Note.Head(incarnation, 1, 1, HardState.INITIAL);
    var writer =
        SegmentWriter.create(directory, segment, step(limitBytes), 1, Note.CODEC.toBytes(head));
    var found =
        new Replay.Found(
            incarnation, new LogContent(head), List.of(segment), writer.position(), 2, List.of());
    return new Journal(directory, limitBytes, found, writer);
  }

  /** Goes on with one that was read back, all of which is durable then. */
  static Journal resume(LogDirectory directory, int limitBytes, Replay.Found found) {
    directory.sync();
    for (Replay.Unsure frame : found.unsure()) {
      SegmentWriter.repeat(directory, frame);
    }
    Segment last = found.segments().getLast();
    var writer = SegmentWriter.resume(directory, last, step(limitBytes), found.position());
    return new Journal(directory, limitBytes, found, writer);
  }

  /** How far ahead a segment is filled with zeros. */
  private static int step(int limitBytes) {
    return Math.max(Frame.SECTOR_BYTES, limitBytes / 16);
  }

  /**
   * Makes writes durable, all of them or none.
   *
   * @param records the writes as records, one each
   */
  void commit(List<Note.Write> writes, List<byte[]> records) {
    long bytes = records.stream().mapToLong(record -> record.length).sum();
    if (writer.position() + bytes > limitBytes && writer.position() > limitBytes / 2) {
      roll();
    }
    append(records);
    for (Note.Write write : writes) {
      place(write);
    }
  }

  private void place(Note.Write note) {
    LogWrite write = note.write();
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    if (write.firstIndex() > 0) {
      nextIndex = write.firstIndex() + write.entries().size();
    }
    Segment.placed(segments, note);
  }

  private void append(List<byte[]> records) {
    writer.append(nextFrame, records);
    nextFrame++;
  }

  private void append(Note note) {
    append(List.of(Note.CODEC.toBytes(note)));
  }

  /**
   * Begins the next segment. It is there, unused, before the one before says that it is: a crash in
   * between leaves a segment to be deleted, never one that is missing.
   */
  private void roll() {
    var next = new Segment(segments.getLast().number() + 1);
    long firstSegment = segments.getFirst().number();
    var head = new Note.Head(incarnation, firstSegment, nextIndex, hardState);
    SegmentWriter successor =
        SegmentWriter.create(
            directory, next, step(limitBytes), nextFrame + 1, Note.CODEC.toBytes(head));
    append(new Note.Sealed(next.number()));
    nextFrame++; // that of the head
    writer.trim();
    writer.close();
    writer = successor;
    segments.add(next);
  }

  /** Deletes the first segments, as far as all their entries are at an index or below, or void. */
  void prune(long throughIndex) {
    int count = 0;
    while (count < segments.size() - 1 && segments.get(count).lastIndex() <= throughIndex) {
      count++;
    }
    if (count > 0) {
      append(new Note.Pruned(segments.get(count).number()));
      List<Segment> dropped = segments.subList(0, count);
      dropped.forEach(segment -> directory.delete(segment.name()));
      dropped.clear();
    }
  }

  /** Keeps what there is now in a directory below, by links; says so in the log if that fails. */
  void archive(List<String> others) {
    roll();
    String below = "archive-%016x".formatted(segments.getLast().number());
    var names = new ArrayList<>(others);
    segments.subList(0, segments.size() - 1).forEach(segment -> names.add(segment.name()));
    for (String name : names) {
      try {
        directory.link(name, below);
      } catch (LogStorageException | UnsupportedOperationException e) {
        LOG.warn("Not set aside in {}: {}", directory.describe(below), e.getMessage());
      }
    }
    LOG.info("The log as it was is set aside in {}", directory.describe(below));
  }

  @Override
  public void close() {
    writer.close();
  }
}

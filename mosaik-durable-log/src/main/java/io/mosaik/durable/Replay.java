package io.mosaik.durable;

import io.mosaik.wire.BinaryReader;
import io.mosaik.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments of a journal back. What a crash may leave (a torn tail, a segment that was
 * begun and not used, segments that were given up and are still there) is put in order; everything
 * else that is not as it was written is an error.
 */
final class Replay {

  private final LogDirectory directory;
  private final List<Segment> segments = new ArrayList<>();
  private @Nullable LogContent content;
  private long incarnation;
  private long firstSegment;
  private long nextFrame;

  private Replay(LogDirectory directory) {
    this.directory = directory;
  }

  /**
   * What a journal holds, and where it goes on.
   *
   * @param incarnation of the log
   * @param content all that was written
   * @param segments that count, in order; the last one is written to
   * @param position where the next frame goes in it
   * @param nextFrame the number that this gets
   * @param unsure the last frame of each of the last two segments
   */
  record Found(
      long incarnation,
      LogContent content,
      List<Segment> segments,
      int position,
      long nextFrame,
      List<Unsure> unsure) {}

  /**
   * A frame that was read, and may not be on the disk all the same: a process that was killed, or
   * whose sync has failed, leaves what it wrote in the memory of the system, which may have no more
   * intention to write it.
   */
  record Unsure(Segment segment, int offset, byte[] bytes) {}

  /** How the reading of a segment ended: behind its last whole frame. */
  private record End(int position, boolean sealed, Unsure last) {}

  /**
   * Reads what is there.
   *
   * @return null if no journal was begun there yet
   * @throws io.mosaik.groups.log.LogStorageException if it is damaged or can't be read
   */
  static @Nullable Found read(LogDirectory directory) {
    return new Replay(directory).read();
  }

  private @Nullable Found read() {
    List<String> names = directory.list().stream().filter(Segment::isName).toList();
    End end = null;
    var unsure = new ArrayList<Unsure>();
    for (String name : names) {
      byte[] file = file(name);
      var segment = new Segment(Segment.numberIn(file, directory.describe(name)));
      if (!segment.name().equals(name)) {
        throw damaged(name, 0, "it is segment " + segment.number() + ", by its first bytes");
      }
      if (end != null && segment.number() != segments.getLast().number() + 1) {
        forgetWhatIsBefore(); // given up, or else noticed below
      } else if (end != null && !end.sealed) {
        if (name.equals(names.getLast()) && isUnused(file)) {
          directory.delete(name); // its making was not finished
          break;
        }
        throw damaged(
            segments.getLast().name(), end.position, "it breaks off, and " + name + " follows");
      }
      segments.add(segment);
      end = new SegmentReader(file, segment).read();
      unsure.add(end.last);
    }
    return end == null ? null : found(end, unsure);
  }

  private Found found(End end, List<Unsure> unsure) {
    Segment last = segments.getLast();
    if (end.sealed) {
      throw damaged(last.name(), end.position, "segment " + (last.number() + 1) + " is missing");
    }
    if (segments.getFirst().number() > firstSegment) {
      throw damaged(Segment.nameOf(firstSegment), 0, "the whole segment is missing");
    }
    for (String name : directory.list()) {
      if (Segment.isName(name) && name.compareTo(Segment.nameOf(firstSegment)) < 0) {
        directory.delete(name);
      }
    }
    segments.removeIf(segment -> segment.number() < firstSegment);
    return new Found(
        incarnation,
        Objects.requireNonNull(content),
        segments,
        end.position,
        nextFrame,
        unsure.stream()
            .filter(each -> each.segment.number() >= Math.max(firstSegment, last.number() - 1))
            .toList());
  }

  private void forgetWhatIsBefore() {
    segments.clear();
    content = null;
  }

  private byte[] file(String name) {
    try (LogFile file = directory.open(name)) {
      long size = file.size();
      if (size > Integer.MAX_VALUE - 8) {
        throw damaged(name, 0, "it has %,d bytes, more than a segment can have".formatted(size));
      }
      return file.read(0, (int) size);
    }
  }

  private RuntimeException damaged(String name, long offset, String what) {
    return Errors.damaged(directory.describe(name), offset, what);
  }

  /** Whether nothing follows the first frame. */
  private static boolean isUnused(byte[] file) {
    Frame head = Frame.read(file, Segment.PREFACE_BYTES);
    return head != null
        && Tail.damage(file, head.end(), head.number() + 1) == null
        && Frame.read(file, head.end()) == null;
  }

  /** Reads one segment from its first frame to its last. */
  private final class SegmentReader {

    private final byte[] file;
    private final Segment segment;
    private int offset = Segment.PREFACE_BYTES;
    private int lastOffset = offset;
    private boolean sealed;

    SegmentReader(byte[] file, Segment segment) {
      this.file = file;
      this.segment = segment;
    }

    End read() {
      Frame head = Frame.read(file, offset);
      if (head == null) {
        throw damage("its first frame doesn't match its checksum");
      }
      if (content == null) {
        nextFrame = head.number();
      }
      for (Frame frame = head; frame != null && !sealed; frame = Frame.read(file, offset)) {
        if (frame.number() != nextFrame) {
          throw damage("frame " + frame.number() + " stands where " + nextFrame + " should");
        }
        take(frame);
        nextFrame++;
        lastOffset = offset;
        offset = frame.end();
      }
      String damage = sealed ? null : Tail.damage(file, offset, nextFrame);
      if (damage != null) {
        throw damage(damage);
      }
      byte[] last = Arrays.copyOfRange(file, lastOffset, offset);
      return new End(offset, sealed, new Unsure(segment, lastOffset, last));
    }

    private void take(Frame frame) {
      var in = new BinaryReader(frame.payload());
      try {
        boolean first = offset == Segment.PREFACE_BYTES;
        do {
          take(in.value(Note.CODEC), first);
          first = false;
        } while (in.remaining() > 0);
      } catch (MalformedException e) {
        throw damage("a frame can't be read, although it matches its checksum: " + e.getMessage());
      }
    }

    private void take(Note note, boolean first) {
      if (first != note instanceof Note.Head || sealed) {
        throw damage("a record that has no place there");
      }
      switch (note) {
        case Note.Head head -> begin(head);
        case Note.Write write -> apply(write);
        case Note.Pruned pruned -> firstSegment = pruned.firstSegment();
        case Note.Sealed next -> sealed = true;
      }
    }

    private void begin(Note.Head head) {
      if (content == null) {
        content = new LogContent(head);
        incarnation = head.incarnation();
      } else if (head.incarnation() != incarnation
          || head.nextIndex() != content.nextIndex()
          || !head.hardState().equals(content.hardState())) {
        throw damage("it does not go on where the segment before ends");
      }
      firstSegment = head.firstSegment();
    }

    private void apply(Note.Write write) {
      try {
        Objects.requireNonNull(content).apply(write);
      } catch (IllegalArgumentException e) {
        throw damage("a record that doesn't fit the ones before: " + e.getMessage());
      }
      Segment.placed(segments, write);
    }

    private RuntimeException damage(String what) {
      return damaged(segment.name(), offset, what);
    }
  }
}

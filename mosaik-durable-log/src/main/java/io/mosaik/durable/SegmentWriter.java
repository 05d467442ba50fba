package io.mosaik.durable;

import java.util.List;

/**
 * Appends frames to the last segment. The file is filled with zeros some way ahead, so that making
 * a frame durable needs no change of the file's length. One thread at a time; blocks for as long as
 * the disk takes; after an exception nothing more may be written.
 */
final class SegmentWriter implements AutoCloseable {

  static final String NEW = ".new";

  private final LogFile file;
  private final byte[] zeros;
  private int position;
  private long filled;

  private SegmentWriter(LogFile file, int position, int step) {
    this.file = file;
    zeros = new byte[step];
    this.position = position;
    filled = position;
  }

  /** Whether a file is a segment that a crash has kept from getting its name. */
  static boolean isLeftOver(String name) {
    return name.endsWith(NEW);
  }

  /**
   * Makes a segment with its first frame. It is durable, and seen with that frame or not at all.
   *
   * @param step how far ahead the file is filled
   */
  static SegmentWriter create(
      LogDirectory directory, Segment segment, int step, long number, byte[] head) {
    String name = segment.name() + NEW;
    int end;
    try (var writer = new SegmentWriter(directory.create(name), Segment.PREFACE_BYTES, step)) {
      writer.file.write(0, segment.preface());
      writer.append(number, List.of(head));
      end = writer.position;
    }
    directory.rename(name, segment.name());
    directory.sync();
    return resume(directory, segment, step, end);
  }

  /** Writes a frame once more where it is, and makes it durable. */
  static void repeat(LogDirectory directory, Replay.Unsure frame) {
    try (LogFile file = directory.open(frame.segment().name())) {
      file.write(frame.offset(), frame.bytes());
      file.force();
    }
  }

  /** Goes on with a segment behind its last whole frame. What is behind that is cut off. */
  static SegmentWriter resume(LogDirectory directory, Segment segment, int step, int position) {
    LogFile file = directory.open(segment.name());
    file.truncate(position);
    file.force();
    return new SegmentWriter(file, position, step);
  }

  /** Where the next frame goes. */
  int position() {
    return position;
  }

  /** Writes a frame and makes it durable. */
  void append(long number, List<byte[]> records) {
    byte[] frame = Frame.encode(number, position, records);
    int end = Math.addExact(position, frame.length);
    for (; filled < end; filled += zeros.length) {
      file.write(filled, zeros);
    }
    file.write(position, frame);
    file.force();
    position = end;
  }

  /** Gives back the room that was filled ahead; no more frames come. */
  void trim() {
    file.truncate(position);
  }

  @Override
  public void close() {
    file.close();
  }
}

package io.mosaik.streams;

import io.mosaik.streams.flow.FanOut;
import io.mosaik.streams.flow.Selections.Selection;
import io.mosaik.streams.flow.ShareGroup;
import io.mosaik.streams.flow.ShareMember;
import io.mosaik.streams.protocol.StreamMessage.Credit;
import io.mosaik.wire.MalformedException;

/** Where a subscriber stands in what it gets; on the producer's strand. */
sealed interface Place {

  /** It grants more. */
  void credit(Credit credit);

  /** Its application has taken so many datums since it came. */
  void taken(long datums);

  /** Its link takes more again. */
  void resume();

  /** Takes nothing more; returns how many datums were waiting for it that nobody else gets. */
  long leave();

  /** How many datums wait that it would get if it could take them now. */
  long lag();

  /**
   * Everything that a selection has.
   *
   * @param selection which datums it gets
   * @param cursor how far it is in them
   */
  record Reading(Selection selection, FanOut.Cursor cursor) implements Place {

    @Override
    public void credit(Credit credit) {
      selection.fanOut().credit(cursor, credit);
    }

    @Override
    public void taken(long datums) {
      throw new MalformedException("nobody asked what was taken");
    }

    @Override
    public void resume() {
      selection.fanOut().resume(cursor);
    }

    @Override
    public long leave() {
      selection.fanOut().unsubscribe(cursor);
      return lag();
    }

    @Override
    public long lag() {
      return selection.fanOut().nextSequence() - cursor.sequence();
    }
  }

  /**
   * Its share of the datums.
   *
   * @param record of the group with whom it shares them
   * @param member what it is in it
   */
  record Sharing(ShareGroupRecord record, ShareMember member) implements Place {

    private ShareGroup group() {
      return record.group();
    }

    @Override
    public void credit(Credit credit) {
      group().credit(member, credit);
    }

    @Override
    public void taken(long datums) {
      group().taken(member, datums);
    }

    @Override
    public void resume() {
      group().resume(member);
    }

    @Override
    public long leave() {
      group().leave(member);
      return 0;
    }

    @Override
    public long lag() {
      record.note();
      return group().waiting();
    }
  }
}

package io.mosaik.groups;

import io.mosaik.groups.Applier.Item;
import io.mosaik.groups.Group.Executed;
import io.mosaik.groups.Group.Refused;
import io.mosaik.groups.Group.Result;
import io.mosaik.groups.GroupException.Outcome;
import io.mosaik.groups.log.Entry;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Committed commands that the machine is given at once, and what becomes of each. On the machine's
 * strand.
 */
final class CommandBatch<C, R> {

  private static final Logger log = LoggerFactory.getLogger(CommandBatch.class);

  private final StateMachine<C, R, ?, ?> machine;
  private final MachineActivity activity;
  private final List<Committed<C>> commands = new ArrayList<>();
  private final List<Item<R>> items = new ArrayList<>();

  CommandBatch(StateMachine<C, R, ?, ?> machine, MachineActivity activity) {
    this.machine = machine;
    this.activity = activity;
  }

  /**
   * Adds a command. One that the codec can't read is rejected, after those before it are applied.
   *
   * @param completions what users are to be told goes here
   */
  void add(Item<R> item, Entry.Command command, List<Runnable> completions) {
    C decoded;
    try {
      decoded = machine.commandCodec().fromBytes(command.bytes());
    } catch (RuntimeException | Error e) {
      if (MachineErrors.isOfTheProcess(e)) {
        throw e;
      }
      apply(completions);
      conclude(item, refused(item, e), completions);
      return;
    }
    var context = new ApplyContext(item.index(), command.term(), command.origin().peer());
    commands.add(new Committed<>(decoded, context));
    items.add(item);
  }

  /** Gives the machine what was added. */
  void apply(List<Runnable> completions) {
    if (commands.isEmpty()) {
      return;
    }
    var results = new Outcomes(completions);
    activity.begins(items.getFirst().index());
    machine.applyBatch(List.copyOf(commands), results);
    if (results.count != items.size()) {
      throw new IllegalStateException(
          "applyBatch said of %d commands what became of them, and was given %d"
              .formatted(results.count, items.size()));
    }
    commands.clear();
    items.clear();
  }

  private void conclude(Item<R> item, Result<R> result, List<Runnable> completions) {
    Call<R> call = item.call();
    if (call != null
        && item.entry() instanceof Entry.Command command
        && call.applied(command.sequence(), result)) {
      completions.add(call::complete);
    }
  }

  private Refused<R> refused(Item<R> item, Throwable e) {
    log.debug("The machine rejected the command at {}", item.index(), e);
    activity.rejects();
    var reason =
        new GroupException(
            Outcome.REJECTED, "the machine rejected the command: " + MachineErrors.text(e), e);
    return new Refused<>(reason, item.index(), item.entry().term());
  }

  /** What the machine says of one command after the other. */
  private final class Outcomes implements StateMachine.Results<R> {

    private final List<Runnable> completions;
    private int count;

    Outcomes(List<Runnable> completions) {
      this.completions = completions;
    }

    @Override
    public void applied(R result) {
      Item<R> item = next();
      end(item, new Executed<>(result, item.index(), item.entry().term()));
    }

    @Override
    public void rejected(Throwable reason) {
      Item<R> item = next();
      end(item, refused(item, reason));
    }

    private Item<R> next() {
      if (count == items.size()) {
        throw new IllegalStateException("applyBatch was given only %d commands".formatted(count));
      }
      return items.get(count);
    }

    private void end(Item<R> item, Result<R> result) {
      conclude(item, result, completions);
      if (++count < items.size()) {
        activity.begins(items.get(count).index());
      }
    }
  }
}

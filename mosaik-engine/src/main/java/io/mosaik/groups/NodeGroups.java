package io.mosaik.groups;

import io.mosaik.groups.config.ConsensusConfig;
import io.mosaik.groups.log.InMemoryLogStorage;
import io.mosaik.groups.log.LogStorage;
import io.mosaik.id.GroupId;
import io.mosaik.tickets.TicketRequirement;
import io.mosaik.tickets.TicketValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What users see of the groups of a node. */
final class NodeGroups implements Groups {

  private static final int DEFAULT_RELUCTANCE = 3;

  private final GroupsModule module;

  NodeGroups(GroupsModule module) {
    this.module = module;
  }

  @Override
  public GroupBuilder<Void, Void, Void, Void> withKey(GroupKey key) {
    return new Builder<>(module, key, new NoOp());
  }

  @Override
  public List<Group<?, ?, ?, ?>> joined() {
    return module.joined();
  }

  private static final class Builder<C, R, Q, A> implements GroupBuilder<C, R, Q, A> {

    private final GroupsModule module;
    private final GroupKey key;
    private final StateMachine<C, R, Q, A> machine;
    private final List<TicketValidator> validators = new ArrayList<>();
    private ConsensusConfig config = ConsensusConfig.DEFAULT;
    private @Nullable LogStorage storage;
    private boolean observer;
    private int reluctance = 1;
    private @Nullable SyncListener syncListener;

    Builder(GroupsModule module, GroupKey key, StateMachine<C, R, Q, A> machine) {
      this.module = module;
      this.key = key;
      this.machine = machine;
    }

    @Override
    public <C2, R2, Q2, A2> GroupBuilder<C2, R2, Q2, A2> stateMachine(
        StateMachine<C2, R2, Q2, A2> other) {
      var next = new Builder<>(module, key, other);
      next.validators.addAll(validators);
      next.config = config;
      next.storage = storage;
      next.observer = observer;
      next.reluctance = reluctance;
      next.syncListener = syncListener;
      return next;
    }

    @Override
    public GroupBuilder<C, R, Q, A> consensus(ConsensusConfig settings) {
      config = settings;
      return this;
    }

    @Override
    public GroupBuilder<C, R, Q, A> storage(LogStorage kept) {
      storage = kept;
      return this;
    }

    @Override
    public GroupBuilder<C, R, Q, A> requireTicket(TicketValidator validator) {
      validators.add(Objects.requireNonNull(validator));
      return this;
    }

    @Override
    public GroupBuilder<C, R, Q, A> syncListener(SyncListener listener) {
      syncListener = listener;
      return this;
    }

    @Override
    public GroupBuilder<C, R, Q, A> observer() {
      observer = true;
      return this;
    }

    @Override
    public GroupBuilder<C, R, Q, A> deprioritizeLeadership() {
      return deprioritizeLeadershipBy(DEFAULT_RELUCTANCE);
    }

    @Override
    public GroupBuilder<C, R, Q, A> deprioritizeLeadershipBy(int multiplier) {
      if (multiplier < 1 || multiplier > 1_000) {
        throw new IllegalArgumentException(
            "leadership is deprioritized by 1 to 1000, not by " + multiplier);
      }
      reluctance = multiplier;
      return this;
    }

    @Override
    public GroupId id() {
      return settings().id();
    }

    @Override
    public Group<C, R, Q, A> join() {
      return module.join(settings());
    }

    private GroupSettings<C, R, Q, A> settings() {
      return new GroupSettings<>(
          key,
          machine,
          config,
          storage != null ? storage : new InMemoryLogStorage(),
          observer,
          reluctance,
          new TicketRequirement(validators),
          syncListener);
    }
  }
}

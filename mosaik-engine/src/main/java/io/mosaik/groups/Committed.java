package io.mosaik.groups;

/**
 * A committed command on its way to the machine.
 *
 * @param command what to apply
 * @param context what the machine may know of it
 * @param <C> commands
 */
public record Committed<C>(C command, ApplyContext context) {}

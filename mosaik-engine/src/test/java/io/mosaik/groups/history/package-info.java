/**
 * What clients of a group saw, and whether a single copy of the state could have shown them that:
 * {@link io.mosaik.groups.history.History} takes down each operation, {@link
 * io.mosaik.groups.history.Linearizability} judges (Wing and Gong, with Lowe's just-in-time order
 * and memo of configurations). The state is made of {@link io.mosaik.groups.history.CellAction
 * cells}: a register, a compare-and-set cell and a counter in one, and each cell is judged for
 * itself, which is enough, since linearizability is local (Herlihy and Wing, 1990).
 */
@NullMarked
package io.mosaik.groups.history;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.PackedLife;

/** The record of a packed ring, as vhost-user.rst lays it out, through kills at every write. */
class PackedInflightRegionTest {
    private static final int SIZE = 8;
    private static final int AT = 64;

    /** Some bytes, until the process is killed. */
    private static final class Area implements GuestMemory {
        final ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        private int writesLeft = Integer.MAX_VALUE;

        private void write() throws GuestMemoryException {
            if (writesLeft == 0) {
                throw new GuestMemoryException(0, 0);
            }
            writesLeft--;
        }

        @Override
        public void read(long address, ByteBuffer dst) {
            dst.put(bytes.slice((int) address, dst.remaining()));
        }

        @Override
        public void write(long address, ByteBuffer src) throws GuestMemoryException {
            write();
            bytes.slice((int) address, src.remaining()).put(src);
        }

        @Override
        public short loadAcquire16(long address) {
            return bytes.getShort((int) address);
        }

        @Override
        public void storeRelease16(long address, short value) throws GuestMemoryException {
            write();
            bytes.putShort((int) address, value);
        }
    }

    private final Area area = new Area();
    private PackedInflightRegion region = new PackedInflightRegion(area, AT, SIZE);
    private final Random random = new Random(34);

    // The ring: what is with the device, in order, by buffer ID; places counted from the beginning, with the available
    // ones.
    private final Map<Integer, List<Integer>> held = new LinkedHashMap<>();
    private final Set<Integer> available = new HashSet<>();
    private int avail;
    private int used;
    private int nextAddress;

    private static int place(int count) {
        return PackedLife.after(PackedLife.BEGIN, count % (2 * SIZE), SIZE);
    }

    private boolean isAvailable(int place) {
        return available.stream().anyMatch(count -> place(count) == place);
    }

    private PackedInflightRegion.Left recover() throws GuestMemoryException {
        region = new PackedInflightRegion(area, AT, SIZE);
        return region.recover(SIZE, this::isAvailable);
    }

    private static List<List<Integer>> addresses(PackedInflightRegion.Left left) {
        List<List<Integer>> all = new ArrayList<>();
        for (byte[] list : left.lists()) {
            ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
            List<Integer> addresses = new ArrayList<>();
            while (in.hasRemaining()) {
                addresses.add((int) in.getLong());
                assertThat(in.getInt()).isEqualTo(addresses.get(addresses.size() - 1) + 1);
                in.getInt();
            }
            all.add(addresses);
        }
        return all;
    }

    /** The process that recovers it may be killed as well. */
    private void assertLeft() throws GuestMemoryException {
        survives(random.nextInt(12), this::recover);
        PackedInflightRegion.Left left = recover();
        assertThat(left).isNotNull();
        assertThat(left.used()).isEqualTo(place(used));
        assertThat(addresses(left)).isEqualTo(List.copyOf(held.values()));
    }

    /** Runs until it ends or is killed; returns whether it was not. */
    private boolean survives(int writes, Step step) {
        area.writesLeft = writes;
        try {
            step.run();
            return true;
        } catch (GuestMemoryException e) {
            return false;
        } finally {
            area.writesLeft = Integer.MAX_VALUE;
        }
    }

    private interface Step {
        void run() throws GuestMemoryException;
    }

    /** Takes a list, if there is room for one; a process that is killed has not taken it. */
    private void take(int writes) {
        int room = SIZE - (avail - used);
        int id = random.nextInt(SIZE);
        if (room == 0 || held.containsKey(id)) {
            return;
        }
        List<Integer> list = new ArrayList<>();
        for (int i = random.nextInt(room) + 1; i > 0; i--) {
            nextAddress++;
            list.add(nextAddress);
        }
        for (int i = 0; i < list.size(); i++) {
            available.add(avail + i);
        }
        boolean done = survives(writes, () -> {
            for (int i = 0; i < list.size(); i++) {
                region.descriptor(i, list.get(i), list.get(i) + 1, id, 0);
            }
            region.taken(id);
        });
        if (done) {
            held.put(id, list);
            avail += list.size();
        } else {
            available.removeIf(count -> count >= avail);
        }
    }

    /** Gives any list back; the driver has it if the ring says so, whatever comes then. */
    private void giveBack(int writes) {
        if (held.isEmpty()) {
            return;
        }
        int id = List.copyOf(held.keySet()).get(random.nextInt(held.size()));
        int length = held.get(id).size();
        survives(writes, () -> {
            region.givesBack(id, place(used + length));
            area.write(); // the flags in the ring
            for (int i = 0; i < length; i++) {
                available.remove(used + i);
            }
            used += length;
            held.remove(id);
            region.gaveBack(id);
        });
    }

    @Test
    void itIsWholeWheneverTheProcessIsKilled() throws Exception {
        region.begin(PackedLife.BEGIN);
        for (int i = 0; i < 20_000; i++) {
            int writes = random.nextInt(3) == 0 ? random.nextInt(25) : Integer.MAX_VALUE;
            if (random.nextBoolean()) {
                take(writes);
            } else {
                giveBack(writes);
            }
            if (writes != Integer.MAX_VALUE) {
                assertLeft();
            }
        }
        assertThat(used).isGreaterThan(1000);
    }

    @Test
    void theDocumentHasTheLayout() throws Exception {
        region.begin(PackedLife.BEGIN | 3);
        region.descriptor(0, 0x1_0000_0001L, 77, 5, 1);
        region.descriptor(1, 0x2, 78, 5, 2);
        region.taken(5);
        ByteBuffer in = area.bytes;
        assertThat(in.getLong(AT)).isZero();
        assertThat(in.getShort(AT + 8)).isEqualTo((short) 1);
        assertThat(in.getShort(AT + 10)).isEqualTo((short) SIZE);
        assertThat(in.getShort(AT + 12)).isEqualTo((short) 2); // free_head
        assertThat(in.getShort(AT + 14)).isEqualTo((short) 2); // old_free_head
        assertThat(in.getShort(AT + 16)).isEqualTo((short) 3); // used_idx
        assertThat(in.getShort(AT + 18)).isEqualTo((short) 3); // old_used_idx
        assertThat(in.getShort(AT + 20)).isEqualTo((short) 0x101); // both wrap counters
        int first = AT + 32;
        assertThat(in.get(first)).isEqualTo((byte) 1); // inflight
        assertThat(in.getShort(first + 2)).isEqualTo((short) 1); // next
        assertThat(in.getShort(first + 4)).isEqualTo((short) 1); // last
        assertThat(in.getShort(first + 6)).isEqualTo((short) 2); // num
        assertThat(in.getLong(first + 8)).isZero(); // counter
        assertThat(in.getShort(first + 16)).isEqualTo((short) 5);
        assertThat(in.getShort(first + 18)).isEqualTo((short) 1);
        assertThat(in.getInt(first + 20)).isEqualTo(77);
        assertThat(in.getLong(first + 24)).isEqualTo(0x1_0000_0001L);
        assertThat(in.getShort(first + 32 + 18)).isEqualTo((short) 2);
        region.givesBack(5, PackedLife.BEGIN | 5);
        assertThat(in.getShort(AT + 16)).isEqualTo((short) 5);
        assertThat(in.getShort(AT + 18)).isEqualTo((short) 3);
        region.gaveBack(5);
        assertThat(in.getShort(AT + 18)).isEqualTo((short) 5);
        assertThat(in.get(first)).isZero();
        assertThat(in.getShort(AT + 14)).isZero();
        assertThat(PackedInflightRegion.length(SIZE)).isEqualTo(320);
    }

    @Test
    void whateverIsThereItIsReadOrRefused() throws Exception {
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            region.begin(place(random.nextInt(2 * SIZE)));
            for (int id = 0; id < 4; id++) {
                region.descriptor(0, 1, 2, id, 0);
                region.taken(id);
            }
            for (int changes = random.nextInt(4) + 1; changes > 0; changes--) {
                area.bytes.put(AT + 12 + random.nextInt(300), (byte) (random.nextInt(4) * random.nextInt(86)));
            }
            PackedInflightRegion.Left left = recover();
            if (left == null) {
                refused++;
            } else {
                assertThat(PackedLife.descriptors(left.lists())).isLessThanOrEqualTo(SIZE);
                assertThat(PackedLife.isPlace(left.used(), SIZE)).isTrue();
                for (byte[] list : left.lists()) {
                    region.givesBack(PackedInflightRegion.id(list), left.used());
                    region.gaveBack(PackedInflightRegion.id(list));
                }
            }
        }
        assertThat(refused).isBetween(1000, 19_000);
    }

    /** Whatever was recovered must be good for all that a ring can do then. */
    private void useUp(PackedInflightRegion.Left left) throws GuestMemoryException {
        Set<Integer> ids = new HashSet<>();
        for (byte[] list : left.lists()) {
            ids.add(PackedInflightRegion.id(list));
        }
        for (int round = 0; round < 2; round++) {
            int room = round == 0 ? SIZE - PackedLife.descriptors(left.lists()) : SIZE;
            for (int id = 0; id < SIZE && room > 0; id++) {
                if (ids.add(id)) {
                    region.descriptor(0, 1, 2, id, 0);
                    region.taken(id);
                    room--;
                }
            }
            for (int id : ids) {
                region.givesBack(id, left.used());
                region.gaveBack(id);
            }
            ids.clear();
        }
    }

    /** When a ring stops and has in order what is held, its record says nothing of that any more. */
    @Test
    void itSaysThePlaceAllTheTimeWhenItBeginsThere() throws Exception {
        for (int writes = 0; writes < 40; writes++) {
            region.begin(PackedLife.BEGIN);
            for (int id = 0; id < 3; id++) {
                region.descriptor(0, 1, 2, id, 0);
                region.taken(id);
            }
            region.givesBack(0, PackedLife.BEGIN | 1);
            region.gaveBack(0);
            boolean ended = survives(writes, () -> region.begin(PackedLife.BEGIN | 1));
            for (int i = 0; i < 3; i++) {
                survives(random.nextInt(30), this::recover);
                PackedInflightRegion.Left left = recover();
                assertThat(left).as("killed after %d writes", writes).isNotNull();
                assertThat(left.used()).isEqualTo(PackedLife.BEGIN | 1);
                assertThat(left.lists().size()).isIn(ended ? List.of(0) : List.of(0, 2));
            }
            useUp(recover());
        }
    }

    @Test
    void anyByteMayBeWrong() throws Exception {
        int refused = 0;
        for (int changed = 0; changed < PackedInflightRegion.length(SIZE); changed++) {
            for (int value : new int[] {0, 1, 2, 3, 7, 8, 9, 0x7f, 0x80, 0xff}) {
                region.begin(PackedLife.BEGIN | 1);
                for (int id : new int[] {3, 1, 5}) {
                    region.descriptor(0, 1, 2, id, 1);
                    region.descriptor(1, 1, 2, id, 0);
                    region.taken(id);
                }
                region.givesBack(1, PackedLife.BEGIN | 3);
                region.gaveBack(1);
                area.bytes.put(AT + changed, (byte) value);
                PackedInflightRegion.Left left = recover();
                if (left == null) {
                    refused++;
                } else {
                    useUp(left);
                }
            }
        }
        assertThat(refused).isBetween(100, 3000);
    }

    @Test
    void aFreeListThatLacksEntriesIsRefused() throws Exception {
        region.begin(PackedLife.BEGIN);
        area.bytes.putShort(AT + 12, (short) -1).putShort(AT + 14, (short) -1);
        assertThat(recover()).isNull();
    }

    @Test
    void aListThatNobodyHasTakenChangesNothingButThePlace() throws Exception {
        region.begin(PackedLife.BEGIN);
        region.givesBack(2, PackedLife.BEGIN | 1);
        region.gaveBack(2);
        PackedInflightRegion.Left left = recover();
        assertThat(left).isNotNull();
        assertThat(left.used()).isEqualTo(PackedLife.BEGIN | 1);
        useUp(left);
    }

    @Test
    void anotherShapeIsRefused() throws Exception {
        assertThat(recover()).as("never begun").isNull();
        region.begin(place(7));
        assertThat(region.fits(SIZE)).isTrue();
        assertThat(region.fits(SIZE + 1)).isFalse();
        assertThat(region.recover(7, this::isAvailable))
                .as("a place beyond the ring")
                .isNull();
        assertThat(recover()).isNotNull();
        region.invalidate();
        assertThat(recover()).isNull();
    }
}

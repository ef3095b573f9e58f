// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

/** Whose habits the client has. */
public enum Personality {
    /** Posted BAR writes, one vector at a time, a probing descriptor-less SET_IRQS, RAM in two pieces. */
    QEMU(0, """
            {"capabilities": {"pgsizes": 4096, "max_msg_fds": 16, "max_dma_maps": 65535, \
            "max_data_xfer_size": 1048576, \
            "migration": {"max_bitmap_size": 268435456, "pgsize": 4096}, "write_multiple": true}}"""),
    /** One request outstanding, replies of exactly one size, BARs sized through configuration space. */
    CLOUD_HYPERVISOR(
            1, "{\"capabilities\":{\"max_msg_fds\":1,\"max_data_xfer_size\":1048576,\"migration\":{\"pgsize\":4096}}}");

    private final int minorVersion;
    private final String capabilities;

    Personality(int minorVersion, String capabilities) {
        this.minorVersion = minorVersion;
        this.capabilities = capabilities;
    }

    /** The protocol version proposed is 0 dot this. */
    public int minorVersion() {
        return minorVersion;
    }

    /** JSON of the VERSION request. */
    public String capabilities() {
        return capabilities;
    }
}

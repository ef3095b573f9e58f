// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

/** A protocol with which a card is offered to another process. */
public enum Front {
    /** Offers the whole PCI function. */
    VFIO_USER("vfio-user"),
    /** Offers the virtio device; the client makes the PCI function around it. */
    VHOST_USER("vhost-user");

    private final String protocol;

    Front(String protocol) {
        this.protocol = protocol;
    }

    /** The protocol's own name. */
    public String protocol() {
        return protocol;
    }

    @Override
    public String toString() {
        return protocol;
    }
}

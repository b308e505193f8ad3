# What can be changed about a cluster.

settings-saving = Saving …
settings-name = Name
settings-name-hint = Bundles downloaded before keep the old name; they go on working.
settings-rename = Rename cluster
settings-labels = Labels
settings-labels-hint = key=value, one a line; up to { $most }. A key is 1 to 63 letters, digits and . _ - / signs. Delete a line to remove a label.
settings-labels-save = Save labels
settings-scale-nodes = Nodes
settings-scale-targets = Targets, in percent
settings-scale-targets-hint = The cluster grows when one of them is exceeded, and shrinks when all would hold on one node fewer. An empty one does not count.
settings-reserved-cpu = Processor reserved
settings-reserved-memory = Memory reserved
settings-used-cpu = Processor used
settings-used-memory = Memory used
settings-scale-times = Times, in seconds
settings-scale-times-hint = After a change, also one made by hand, nothing is changed for the rest.
settings-interval = Look every
settings-cooldown = Rest after a change
settings-scale-save = Save autoscaling
settings-scale-off = The cluster keeps its size until somebody changes it.
settings-scale-not-looked = It has not been looked at yet.
settings-scale-paused = Nothing is changed before { $time }: it rests after a change.
settings-protection = Deletion protection
settings-protected = The cluster is protected. It cannot be deleted until the protection is taken off.
settings-unprotected = The cluster is not protected. Whoever may change it can delete it.
settings-unprotect = Take the protection off
settings-delete-ask = Delete { $name } …
settings-delete-type = Type { $name } to confirm
settings-delete-do = Delete { $name }
settings-keep = Keep it
settings-lost = This is lost:
settings-lost-containers = { $count ->
    [0] No containers
    [one] { $count } container
   *[other] { $count } containers
}
settings-lost-all-containers = All containers on them
settings-lost-volumes = All images and volumes, with what is in them
settings-lost-credentials = All credentials, which stop working
settings-lost-for-good = This cannot be undone.
done-rename = The cluster has its new name.
done-labels = The labels are saved.
done-autoscale = Autoscaling is saved.
done-protected = The cluster is protected.
done-unprotected = The protection is off.
done-delete = The cluster is being deleted.

# How to use a cluster.

access-turns = This page changes by itself when they are there.
access-download = Download the credentials
access-download-do = Download { $file }
access-download-about = A new certificate each time, good for { $count ->
    [one] { $count } day
   *[other] { $count } days
}. Whoever has it controls the cluster.
access-unzip = Unzip them
access-unzip-command = the unzip command
access-use = Use them
access-shell = Shell
access-commands = the commands
access-certificates = Certificates
access-ca = CA fingerprint
access-ca-until = CA good until
access-last = Last download
access-never = Never
access-fingerprint = the fingerprint
access-fingerprint-of = Certificate
access-who = Downloaded by
access-when = When
access-until = Good until
access-key = with the key { $name }
access-revoked = Shut out
access-expired = Expired
access-ledger = Who has credentials
access-ledger-none = Nobody has downloaded credentials yet.
access-ledger-more = { $count ->
    [one] { $count } more, older one is
   *[other] { $count } more, older ones are
} in the API.
access-rotate-title = New certificates
access-rotate-about = Rotating makes a new certificate authority. Credentials handed out before are shut out. The cluster and what runs in it stay; engines start again one by one.
access-rotate = Rotate certificates …
access-rotate-ask = Rotate the certificates of { $name }?
access-rotate-lost = All credentials downloaded so far stop working, for people and programs alike. Everybody has to download again. This cannot be undone.
access-rotate-do = Rotate and shut out old certificates
access-rotating = Starting the rotation …
access-ci = Deploy from CI
access-ci-about = Filled in for this cluster. The recipes need curl, unzip and docker, and download credentials of their own on each run.
access-ci-near = The address { $url } leads to the machine itself. Runners elsewhere need one that they can reach: set CARINA_API_PUBLIC_URL.
access-ci-key = the API key
access-ci-key-note = Keep it in your CI as the secret CARINA_APIKEY.
access-ci-key-about = The key may look at all your clusters and download their credentials. It can change nothing by itself. Revoke it on your account page.
access-ci-key-make = Make a key for CI
access-ci-key-making = Making the key …
access-ci-service = Service
access-ci-github = Add the key as the repository secret CARINA_APIKEY, under Settings, Secrets and variables, Actions.
access-ci-gitlab = Add the key as the variable CARINA_APIKEY, masked and protected, under Settings, CI/CD, Variables.
access-ci-codeship = Download codeship.aes from the settings of the project. Then write the key into the file that opens; it goes into the repository encrypted.
done-rotate = The certificates are being made anew.
done-ci-key = The key is made.

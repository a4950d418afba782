#!/usr/bin/env bash
# With dual-stack endpoints, `client.meta.endpoint_url` of botocore names a host to which no request goes.
#
# Package: botocore 1.44.8 (PyPI).
#
# Behavior: `meta.endpoint_url` is found when the client is made, from the rules that hold for all
# services; the URL of a request is found by the rules of the service. With `use_dualstack_endpoint` they
# differ for services that are exceptions: Secrets Manager, whose one name has both kinds of address, and
# services without Regions. No request is sent here.
#
# Why it surprises: this attribute is the way to print which endpoint a client has, for a firewall or a list
# of names that need IPv6. Its `secretsmanager.us-west-2.api.aws` is never looked up, and the name that the
# query log shows is the one without dual-stack, as if the setting had been ignored.
#
# Output seen on 2026-11-28 (service, meta.endpoint_url, request):
#   logs logs.us-west-2.api.aws logs.us-west-2.api.aws
#   secretsmanager secretsmanager.us-west-2.api.aws secretsmanager.us-west-2.amazonaws.com
#   route53 route53.aws-global.api.aws route53.global.api.aws
#   organizations organizations.aws-global.api.aws organizations.us-east-1.api.aws
#
# Exit: 0 the same, 1 changed, 2 could not run.
set -eu
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

python3 -m venv "$T/venv" && "$T/venv/bin/pip" install -q botocore==1.44.8 || exit 2

cat >"$T/endpoints.py" <<'PY'
from urllib.parse import urlsplit
from botocore.config import Config
from botocore.session import get_session

CALLS = (("logs", "describe_log_groups"), ("secretsmanager", "list_secrets"), ("route53", "list_hosted_zones"),
         ("organizations", "list_accounts"))
for service, call in CALLS:
    client = get_session().create_client(service, region_name="us-west-2", aws_access_key_id="x",
                                         aws_secret_access_key="x", config=Config(use_dualstack_endpoint=True))
    asked = []

    def instead_of_sending(request, **_):
        asked.append(urlsplit(request.url).hostname)
        raise InterruptedError

    client.meta.events.register("before-send", instead_of_sending)
    try:
        getattr(client, call)()
    except InterruptedError:
        print(service, urlsplit(client.meta.endpoint_url).hostname, asked[0])
PY
seen=$(cd "$T" && env -i PATH="$PATH" HOME="$T" "$T/venv/bin/python" "$T/endpoints.py")

expected='logs logs.us-west-2.api.aws logs.us-west-2.api.aws
secretsmanager secretsmanager.us-west-2.api.aws secretsmanager.us-west-2.amazonaws.com
route53 route53.aws-global.api.aws route53.global.api.aws
organizations organizations.aws-global.api.aws organizations.us-east-1.api.aws'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "changed" >&2; exit 1; }

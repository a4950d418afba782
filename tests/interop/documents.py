"""What AWS's documentation says of IPv6 on public API endpoints: read by hand, kept by hand.

Keys are botocore's names of services. The words and the date of each source stand in `src/knowledge/catalog/source.rs`.
"""

# Amazon VPC User Guide, "AWS services that support IPv6", column "Public endpoints support IPv6". It has no column for
# Regions and is about commercial ones.
VPC_YES = """
accessanalyzer acm acm-pca amp amplify apigateway apigatewayv2 appconfig appconfigdata application-autoscaling
application-insights appmesh apprunner arc-region-switch arc-zonal-shift athena auditmanager autoscaling-plans b2bi
backup batch bcm-data-exports bcm-pricing-calculator bedrock billingconductor braket budgets ce cleanrooms
cleanroomsml cloud9 cloudcontrol cloudformation cloudfront cloudhsmv2 cloudtrail cloudwatch codeartifact codebuild
codecommit codedeploy codeguruprofiler cognito-identity cognito-idp comprehend comprehendmedical compute-optimizer
config controltower cost-optimization-hub customer-profiles databrew dataexchange datasync datazone deadline
detective discovery dlm drs ds dsql ebs ec2 ecr ecr-public ecs efs eks elasticbeanstalk elb elbv2 emr
entityresolution es events firehose fsx gameliftstreams globalaccelerator grafana groundstation guardduty healthlake
iam imagebuilder inspector2 internetmonitor iot iotfleetwise iotsitewise iottwinmaker iotwireless ivs kendra
keyspaces keyspacesstreams kinesis kms lambda launch-wizard license-manager lightsail location logs m2 macie2
mediaconnect mediaconvert medical-imaging migrationhuborchestrator mq mwaa networkmanager notifications oam omics
opensearch organizations outposts pca-connector-ad pca-connector-scep personalize pi pinpoint polly pricing qbusiness
ram rbin rds rds-data redshift rekognition repostspace resource-explorer-2 resource-groups resourcegroupstaggingapi
rolesanywhere route53 s3 s3outposts sagemaker secretsmanager securityhub securitylake servicecatalog
servicediscovery ses sesv2 snowball sns socialmessaging sqs ssm ssm-incidents ssm-sap stepfunctions storagegateway
sts swf synthetics textract timestream-query timestream-write transcribe transfer translate trustedadvisor
verifiedpermissions vpc-lattice wafv2 wellarchitected workmail workspaces xray
""".split()

# The same table names a family of products there, of which this is one API: our reading.
VPC_FAMILY = """
appsync bedrock-runtime chime-sdk-identity chime-sdk-media-pipelines chime-sdk-meetings chime-sdk-messaging
chime-sdk-voice greengrass greengrassv2 iot-data ssm-contacts sso sso-admin sso-oidc
""".split()

# Its rows that say "No".
VPC_NO = "appstream dms directconnect elasticache glue lakeformation network-firewall shield waf".split()

US = {"us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"}
# Read up to here only: the other Regions count as not looked at.
SQS_READ = {
    "us-east-2", "us-east-1", "us-west-1", "us-west-2", "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3",
    "ap-southeast-5", "ap-southeast-4", "ap-south-1", "ap-southeast-6", "ap-northeast-3", "ap-northeast-2",
    "ap-southeast-1", "ap-southeast-2", "ap-east-2", "ap-southeast-7", "ap-northeast-1"}

# AWS General Reference, tables that list dual-stack hosts, read Region by Region: the page, whether a Region has such a
# host there, whether it was read. China is not in them.
REFERENCE = {
    "ssm": ("ssm", lambda region: region != "ap-southeast-6", None),
    "ecs": ("ecs-service", lambda region: region not in {
        "ap-southeast-5", "ap-east-2", "ap-southeast-7", "mx-central-1"}, None),
    "kms": ("kms", lambda region: True, None),
    "logs": ("cwl_region", lambda region: True, None),
    "cloudwatch": ("cw_region", lambda region: True, None),
    "autoscaling": ("as", lambda region: region != "ap-southeast-6", None),
    "dynamodb": ("ddb", lambda region: region in US, None),
    "sqs": ("sqs-service", lambda region: region != "ap-southeast-6", SQS_READ),
}

# Pages of a service's own guide that state it for every Region that the service has: the source, the partitions.
GUIDES = {
    "sts": ("DOC:iam-dualstack", {"aws", "aws-us-gov", "aws-cn"}),
    "iam": ("DOC:iam-dualstack", {"aws", "aws-cn"}),
    "acm-pca": ("DOC:acm-pca-dualstack", {"aws"}),
    "secretsmanager": ("DOC:asm-access", {"aws", "aws-us-gov"}),
    "appconfig": ("DOC:appconfig-ipv6", {"aws"}),
    "appconfigdata": ("DOC:appconfig-ipv6", {"aws"}),
    "ecr": ("DOC:ecr-requests", {"aws"}),
    "ecr-public": ("DOC:ecr-public-requests", {"aws"}),
    "eks": ("DOC:eks-network-reqs", {"aws"}),
    "eks-auth": ("DOC:eks-network-reqs", {"aws"}),
    "s3": ("DOC:s3-dualstack", {"aws", "aws-us-gov"}),
    "rds-data": ("DOC:rds-data-ipv6", {"aws"}),
    "dlm": ("DOC:dlm-endpoints", {"aws-cn"}),
    "apigateway": ("DOC:apigateway-api-ref", {"aws"}),
}

# The page of EC2 names the pattern without Regions; it counts only where the SDK's data has the very host.
ONLY_WITH_HOST = {"ec2"}

# Prefixes that logs hold and that are of no SDK service.
NOT_IN_THE_SDK = """
signin u - - - AWS Sign-In
codedeploy-commands n GR:codedeploy - - AWS CodeDeploy (agent)
codedeploy-commands-secure n GR:codedeploy - - AWS CodeDeploy (agent)
ddb n GR:ddb us-east-1=y:GR:ddb,us-east-2=y:GR:ddb,us-west-1=y:GR:ddb,us-west-2=y:GR:ddb,\
us-gov-east-1=y:GR:ddb,us-gov-west-1=y:GR:ddb - Amazon DynamoDB
ec2messages n OBS:ssm-2026-10 - - AWS Systems Manager (message delivery, older agents)
ecs-a - - - - Amazon ECS (agent)
ecs-sc u SRC:ecs-agent - - Amazon ECS (Service Connect)
ecs-t - - - - Amazon ECS (telemetry)
guardduty-data - - - - Amazon GuardDuty (runtime agent)
inspector2-telemetry - - - - Amazon Inspector (telemetry)
ssmmessages u SRC:ssm-agent us-west-1=m:OBS:ssm-2026-10 - AWS Systems Manager (Session Manager)
""".strip().splitlines()

# Prefixes whose hosts AWS's SDK data states in `endpoints.json` while no rule set makes them.
STATED_ALONE = {"transcribestreaming": "Amazon Transcribe (streaming)"}

# Names of products where those of the SDK's data are old, bare, or of one API among several.
PRODUCTS = {
    "acm-pca": "AWS Private CA", "amp": "Amazon Managed Service for Prometheus", "apigatewayv2": "Amazon API Gateway",
    "appconfig": "AWS AppConfig", "appconfigdata": "AWS AppConfig", "appflow": "Amazon AppFlow",
    "application-autoscaling": "Application Auto Scaling", "autoscaling": "Amazon EC2 Auto Scaling",
    "billingconductor": "AWS Billing Conductor", "braket": "Amazon Braket", "ce": "AWS Cost Explorer",
    "codeartifact": "AWS CodeArtifact", "cognito-idp": "Amazon Cognito", "cognito-identity": "Amazon Cognito",
    "cloudhsmv2": "AWS CloudHSM", "connect": "Amazon Connect", "deadline": "AWS Deadline Cloud",
    "dlm": "Amazon Data Lifecycle Manager", "docdb": "Amazon DocumentDB", "drs": "AWS Elastic Disaster Recovery",
    "dynamodbstreams": "Amazon DynamoDB Streams", "ebs": "Amazon EBS", "ec2": "Amazon EC2",
    "ec2-instance-connect": "EC2 Instance Connect", "ecr": "Amazon ECR", "ecr-public": "Amazon ECR Public",
    "ecs": "Amazon ECS", "efs": "Amazon EFS", "eks": "Amazon EKS", "eks-auth": "Amazon EKS Pod Identity",
    "elb": "Elastic Load Balancing", "elbv2": "Elastic Load Balancing", "es": "Amazon OpenSearch Service",
    "firehose": "Amazon Data Firehose", "fis": "AWS Fault Injection Service", "fms": "AWS Firewall Manager",
    "glacier": "Amazon S3 Glacier", "grafana": "Amazon Managed Grafana", "greengrass": "AWS IoT Greengrass",
    "greengrassv2": "AWS IoT Greengrass", "iam": "AWS IAM", "inspector2": "Amazon Inspector",
    "iot": "AWS IoT Core", "iot-data": "AWS IoT Core", "keyspaces": "Amazon Keyspaces", "kinesis": "Amazon Kinesis Data Streams",
    "kms": "AWS KMS", "lambda": "AWS Lambda", "location": "Amazon Location Service",
    "logs": "Amazon CloudWatch Logs", "mq": "Amazon MQ", "mwaa": "Amazon MWAA", "mwaa-serverless": "Amazon MWAA",
    "neptunedata": "Amazon Neptune", "oam": "Amazon CloudWatch Observability Access Manager", "omics": "AWS HealthOmics",
    "opensearchserverless": "Amazon OpenSearch Serverless", "pi": "Amazon RDS Performance Insights",
    "pricing": "AWS Price List", "qbusiness": "Amazon Q Business", "ram": "AWS RAM", "rds": "Amazon RDS",
    "rds-data": "Amazon RDS Data API", "redshift-data": "Amazon Redshift Data API",
    "redshift-serverless": "Amazon Redshift Serverless", "s3": "Amazon S3", "s3control": "Amazon S3 Control",
    "sagemaker": "Amazon SageMaker AI", "securityhub": "AWS Security Hub", "ses": "Amazon SES", "sesv2": "Amazon SES",
    "sns": "Amazon SNS", "sqs": "Amazon SQS", "ssm": "AWS Systems Manager", "sso": "AWS IAM Identity Center",
    "sso-admin": "AWS IAM Identity Center", "sso-oidc": "AWS IAM Identity Center", "stepfunctions": "AWS Step Functions",
    "sts": "AWS STS", "swf": "Amazon SWF", "synthetics": "Amazon CloudWatch Synthetics", "transcribe": "Amazon Transcribe",
    "trustedadvisor": "AWS Trusted Advisor", "waf": "AWS WAF Classic", "waf-regional": "AWS WAF Classic",
    "wafv2": "AWS WAF", "xray": "AWS X-Ray", "batch": "AWS Batch", "pca-connector-ad": "AWS Private CA Connector for AD",
    "serverlessrepo": "AWS Serverless Application Repository", "emr-serverless": "Amazon EMR Serverless",
    "connectcampaigns": "Amazon Connect outbound campaigns", "meteringmarketplace": "AWS Marketplace Metering",
    "appintegrations": "Amazon AppIntegrations", "clouddirectory": "Amazon Cloud Directory",
    "entityresolution": "AWS Entity Resolution", "identitystore": "AWS IAM Identity Center",
}

# The network of NAME.
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name            = "NAME"
  cidr            = "10.NUMBER.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  private_subnets = [for index in range(3) : cidrsubnet("10.NUMBER.0.0/16", 4, index)]
  public_subnets  = [for index in range(3) : cidrsubnet("10.NUMBER.0.0/16", 8, index + 96)]

  enable_nat_gateway = true
  single_nat_gateway = var.environment != "production"

  tags = merge(local.tags, { "kubernetes.io/cluster/NAME" = "shared" })
}

resource "aws_security_group" "service" {
  name_prefix = "NAME-"
  description = "What may reach NAME"
  vpc_id      = module.vpc.vpc_id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = module.vpc.private_subnets_cidr_blocks
  }
}

resource "aws_iam_role" "service" {
  name = "NAME"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

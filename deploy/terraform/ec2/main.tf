# Vitrine on EC2, as an example: three machines for MariaDB and MongoDB, one in each zone, and two for gateways and loaders behind a
# load balancer that asks /servez. What runs on each is written by user_data; passwords come from Secrets Manager.
# docs/how-to/deploy.md says how to begin.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = var.region
}

locals {
  tags = { project = "vitrine" }
  # The same names that a secret's addresses hold.
  databases = { for index, subnet in var.private_subnets : "db-${index + 1}" => subnet }
  gateways  = { for index, subnet in slice(var.private_subnets, 0, 2) : "gateway-${index + 1}" => subnet }
}

data "aws_ami" "debian" {
  most_recent = true
  owners      = ["136693071363"]
  filter {
    name   = "name"
    values = ["debian-12-amd64-*"]
  }
}

resource "aws_instance" "database" {
  for_each                    = local.databases
  ami                         = data.aws_ami.debian.id
  instance_type               = var.database_type
  subnet_id                   = each.value
  vpc_security_group_ids      = [aws_security_group.database.id]
  iam_instance_profile        = aws_iam_instance_profile.vitrine.name
  user_data_replace_on_change = false
  user_data = templatefile("${path.module}/database.sh.tftpl", {
    name       = each.key
    number     = index(keys(local.databases), each.key) + 1
    region     = var.region
    secret     = var.secret_name
    nodes      = [for name in keys(local.databases) : "${name}.${var.zone_name}"]
    settings   = file("${path.module}/../../compose/mariadb.cnf")
    clustering = file("${path.module}/../../compose/clustered.cnf")
  })
  metadata_options {
    http_tokens = "required"
  }
  root_block_device {
    volume_type = "gp3"
    volume_size = var.disk_gib
    encrypted   = true
  }
  tags = merge(local.tags, { Name = "vitrine-${each.key}" })
}

resource "aws_instance" "gateway" {
  for_each               = local.gateways
  ami                    = data.aws_ami.debian.id
  instance_type          = var.gateway_type
  subnet_id              = each.value
  vpc_security_group_ids = [aws_security_group.gateway.id]
  iam_instance_profile   = aws_iam_instance_profile.vitrine.name
  user_data = templatefile("${path.module}/gateway.sh.tftpl", {
    image         = var.image
    region        = var.region
    secret        = var.secret_name
    allowed_hosts = var.allowed_hosts
  })
  user_data_replace_on_change = true
  metadata_options {
    http_tokens = "required"
  }
  tags = merge(local.tags, { Name = "vitrine-${each.key}" })
}

resource "aws_route53_zone" "vitrine" {
  name = var.zone_name
  vpc {
    vpc_id = var.vpc_id
  }
  tags = local.tags
}

resource "aws_route53_record" "database" {
  for_each = aws_instance.database
  zone_id  = aws_route53_zone.vitrine.zone_id
  name     = each.key
  type     = "A"
  ttl      = 30
  records  = [each.value.private_ip]
}

# Who reaches whom, and what a machine may read.
resource "aws_security_group" "balancer" {
  name   = "vitrine-balancer"
  vpc_id = var.vpc_id
  tags   = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "https" {
  security_group_id = aws_security_group.balancer.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "balancer" {
  security_group_id            = aws_security_group.balancer.id
  referenced_security_group_id = aws_security_group.gateway.id
  from_port                    = 4000
  to_port                      = 4000
  ip_protocol                  = "tcp"
}

resource "aws_security_group" "gateway" {
  name   = "vitrine-gateway"
  vpc_id = var.vpc_id
  tags   = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "gateway" {
  security_group_id            = aws_security_group.gateway.id
  referenced_security_group_id = aws_security_group.balancer.id
  from_port                    = 4000
  to_port                      = 4000
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "gateway" {
  security_group_id = aws_security_group.gateway.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_security_group" "database" {
  name   = "vitrine-database"
  vpc_id = var.vpc_id
  tags   = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  for_each                     = toset(["3306", "27017"])
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.gateway.id
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
  ip_protocol                  = "tcp"
}

# Galera (4567, 4568 and 4444 for a node that joins) and MongoDB between the nodes.
resource "aws_vpc_security_group_ingress_rule" "nodes" {
  for_each                     = toset(["3306", "4444", "4567", "4568", "27017"])
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = aws_security_group.database.id
  from_port                    = tonumber(each.value)
  to_port                      = tonumber(each.value)
  ip_protocol                  = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

data "aws_secretsmanager_secret" "vitrine" {
  name = var.secret_name
}

resource "aws_iam_role" "vitrine" {
  name = "vitrine"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy" "secret" {
  role = aws_iam_role.vitrine.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = data.aws_secretsmanager_secret.vitrine.arn
    }]
  })
}

resource "aws_iam_instance_profile" "vitrine" {
  name = "vitrine"
  role = aws_iam_role.vitrine.name
}

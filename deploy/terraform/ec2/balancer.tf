# A gateway that stops says so at /servez; the balancer has left it after two looks, and lets answers under way finish.
resource "aws_lb" "vitrine" {
  name               = "vitrine"
  load_balancer_type = "application"
  subnets            = var.public_subnets
  security_groups    = [aws_security_group.balancer.id]
  # Both ends of a subscription ping each other more often.
  idle_timeout = 300
  tags         = local.tags
}

resource "aws_lb_target_group" "gateway" {
  name                 = "vitrine-gateway"
  port                 = 4000
  protocol             = "HTTP"
  vpc_id               = var.vpc_id
  deregistration_delay = 30
  health_check {
    path                = "/servez"
    interval            = 5
    timeout             = 4
    healthy_threshold   = 2
    unhealthy_threshold = 2
    matcher             = "200"
  }
  tags = local.tags
}

resource "aws_lb_target_group_attachment" "gateway" {
  for_each         = aws_instance.gateway
  target_group_arn = aws_lb_target_group.gateway.arn
  target_id        = each.value.id
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.vitrine.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = var.certificate_arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.gateway.arn
  }
}

# For whoever watches the gateways, not for the world.
resource "aws_lb_listener_rule" "probes" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 1
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
  condition {
    path_pattern {
      values = ["/metrics", "/healthz", "/readyz", "/servez"]
    }
  }
}

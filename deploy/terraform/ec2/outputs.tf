output "balancer" {
  description = "Where the name that clients call must lead."
  value       = aws_lb.vitrine.dns_name
}

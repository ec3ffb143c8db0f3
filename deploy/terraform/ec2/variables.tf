variable "region" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "private_subnets" {
  description = "Three, one in each zone; machines reach packages and images from there."
  type        = list(string)
  validation {
    condition     = length(var.private_subnets) == 3
    error_message = "A cluster that survives a zone has a node in each of three."
  }
}

variable "public_subnets" {
  description = "Of the load balancer, two at least."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Of the name that clients call."
  type        = string
}

variable "allowed_hosts" {
  description = "VITRINE_ALLOWED_HOSTS: the name that clients call."
  type        = string
}

variable "zone_name" {
  description = "Private zone of the databases' names, as the secret's addresses have them."
  type        = string
  default     = "vitrine.internal"
}

variable "image" {
  description = "The image of the Dockerfile, in a registry of yours, by digest."
  type        = string
}

variable "secret_name" {
  description = "Of Secrets Manager: one JSON object, a key for each file that deploy/compose/make-secrets.mjs draws."
  type        = string
  default     = "vitrine"
}

variable "database_type" {
  type    = string
  default = "m7i.xlarge"
}

variable "gateway_type" {
  type    = string
  default = "c7i.large"
}

variable "disk_gib" {
  type    = number
  default = 100
}
